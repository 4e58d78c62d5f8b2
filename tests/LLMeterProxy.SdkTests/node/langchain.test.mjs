// LangChain's official OpenAI package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import {
  assertBilled,
  assertOneAbortedRecord,
  dearPrompt,
  endlessPrompt,
  errorOf,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  unknownKey,
  urls,
} from "./support/node.mjs";

const question = "What is the weather in Paris?";
const weather = tool(async () => "Sunny", { name: "get_weather", description: "Weather of a city", schema: z.object({ city: z.string() }) });

const clientOf = (tenant, options) =>
  new ChatOpenAI({ model: models.openai, apiKey: tenant.key, configuration: { baseURL: urls.openai }, ...options });

test("langchain: an invocation is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const message = await clientOf(tenant).invoke(question);
  assert.ok(message.text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.inputTokens, message.usage_metadata.input_tokens);
  assert.equal(record.usage.outputTokens, message.usage_metadata.output_tokens);
});

test("langchain: a stream is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  let whole;
  for await (const chunk of await clientOf(tenant).stream(question)) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
  }

  assert.ok(whole.text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, whole.usage_metadata.output_tokens);
});

test("langchain: a bound tool is called and its result is answered, two calls and two records", async () => {
  const tenant = await newTenant();
  const client = clientOf(tenant).bindTools([weather]);
  const asked = await client.invoke([new HumanMessage(question)]);
  const [call] = asked.tool_calls;
  assert.equal(call.name, "get_weather");
  assert.equal(call.args.city, "Paris");
  const answer = await client.invoke([new HumanMessage(question), asked, new ToolMessage({ content: "Sunny", tool_call_id: call.id })]);
  assert.ok(answer.text.length > 0);
  await assertBilled(tenant, 2);
});

test("langchain: the responses API is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const message = await clientOf(tenant, { useResponsesApi: true }).invoke(question);
  assert.ok(message.text.length > 0);
  await assertBilled(tenant);
});

test("langchain: embeddings arrive as numbers and are billed", async () => {
  const tenant = await newTenant();
  const embeddings = new OpenAIEmbeddings({ model: "text-embedding-3-small", apiKey: tenant.key, configuration: { baseURL: urls.openai } });
  const vectors = await embeddings.embedDocuments(["one", "two"]);
  assert.equal(vectors.length, 2);
  const [record] = await recordsOf(tenant, 1);
  assert.ok(record.costNanoUsd > 0);
});

// Acceptance E-CAP. LangChain repeats what it takes for retryable six times on its own.
test("langchain: a reached cap keeps its status and code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = clientOf(tenant);
  await client.invoke(dearPrompt);
  await assertBilled(tenant);
  const error = await errorOf(() => client.invoke(question));
  assert.equal(error.status, 402);
  assert.equal(error.code, "project_spend_limit_exceeded");
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 1);
  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("langchain: a rate limit keeps its status and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant, { maxRetries: 0 });
  await client.invoke(question);
  const error = await errorOf(() => client.invoke(question));
  assert.equal(error.status, 429);
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("langchain: an unknown key keeps its status and code", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).invoke(question));
  assert.equal(error.status, 401);
  assert.equal(error.code, "invalid_api_key");
});

// Acceptance A32.
test("langchain: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  const abort = new AbortController();
  let seen = 0;
  await errorOf(async () => {
    for await (const chunk of await clientOf(tenant).stream(endlessPrompt, { signal: abort.signal })) {
      if (chunk.text && ++seen === 3) {
        abort.abort();
      }
    }
  });
  assert.equal(seen, 3);
  await assertOneAbortedRecord(tenant);
});
