// AzureOpenAI of the official openai package, unmodified, against deployments whose names are no models.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { AzureOpenAI } from "openai";
import {
  assertBilled,
  assertMarkedBilled,
  assertOneAbortedRecord,
  dearPrompt,
  endlessPrompt,
  errorOf,
  marked,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  unknownKey,
  urls,
} from "./support/node.mjs";

const model = models.azure;
const apiVersion = "2024-10-21";
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

const clientOf = (tenant, options) => new AzureOpenAI({ endpoint: urls.azure, apiKey: tenant.key, apiVersion, ...options });
const said = (content) => [{ role: "user", content }];

test("azure: a completion is billed by the model behind the deployment", async () => {
  const tenant = await newTenant();
  const completion = await clientOf(tenant).chat.completions.create({ model, messages });
  assert.ok(completion.choices[0].message.content.length > 0);
  assert.equal(completion.model, "gpt-4o-mini-2024-07-18");
  const [record] = await assertBilled(tenant);
  assert.equal(record.modelRequested, model);
  assert.equal(record.usage.outputTokens, completion.usage.completion_tokens);
});

test("azure: cached and reasoning tokens are billed at their own prices", async () => {
  const tenant = await newTenant();
  await clientOf(tenant).chat.completions.create({
    model: "reasoner-prod",
    messages: said("Hi [[sim:inputTokens=5000,cachedTokens=4096,outputTokens=700,reasoningTokens=512]]"),
  });
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.cacheReadTokens, 4096);
  assert.equal(record.usage.reasoningTokens, 512);
});

test("azure: a stream that begins without a model is billed, and shows no usage to a client that asked for none", async () => {
  const tenant = await newTenant();
  let text = "";
  const seen = [];
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages, stream: true })) {
    seen.push(chunk.model);
    assert.equal(chunk.usage ?? null, null);
    text += chunk.choices[0]?.delta?.content ?? "";
  }

  assert.equal(seen[0], "");
  assert.ok(text.length > 0);
  await assertBilled(tenant);
});

test("azure: a tool call is parsed, whole and streamed", async () => {
  const tenant = await newTenant();
  const client = clientOf(tenant);
  const completion = await client.chat.completions.create({ model, messages, tools });
  assert.equal(JSON.parse(completion.choices[0].message.tool_calls[0].function.arguments).city, "Paris");
  let args = "";
  for await (const chunk of await client.chat.completions.create({ model, messages, tools, stream: true })) {
    args += chunk.choices[0]?.delta?.tool_calls?.[0].function.arguments ?? "";
  }

  assert.equal(JSON.parse(args).city, "Paris");
  await assertBilled(tenant, 2);
});

test("azure: embeddings arrive as numbers and are billed", async () => {
  const tenant = await newTenant();
  const input = ["one", marked(tenant, "two")];
  const { data } = await clientOf(tenant).embeddings.create({ model: "embed-prod", input, dimensions: 8 });
  assert.deepEqual(data.map((item) => item.embedding.length), [8, 8]);
  await assertMarkedBilled(tenant);
});

test("azure: the plain client on the v1 path is billed, chat and responses", async () => {
  const tenant = await newTenant();
  const client = new OpenAI({ baseURL: `${urls.azure}/openai/v1`, apiKey: tenant.key });
  const completion = await client.chat.completions.create({ model, messages });
  assert.ok(completion.choices[0].message.content.length > 0);
  const response = await client.responses.create({ model, input: "Hello" });
  assert.ok(response.output_text.length > 0);
  await assertBilled(tenant, 2);
});

// Acceptance E-CAP.
test("azure: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  await clientOf(tenant).chat.completions.create({ model, messages: said(dearPrompt) });
  await assertBilled(tenant);

  for (const [stream, refusals] of [[false, 1], [true, 2]]) {
    const error = await errorOf(() => clientOf(tenant).chat.completions.create({ model, messages, stream }));
    assert.ok(error instanceof OpenAI.APIError, String(error));
    assert.equal(error.status, 402);
    assert.equal(error.code, "project_spend_limit_exceeded");
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("azure: a rate limit is the SDK's RateLimitError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant, { maxRetries: 0 });
  await client.chat.completions.create({ model, messages });
  const error = await errorOf(() => client.chat.completions.create({ model, messages }));
  assert.ok(error instanceof OpenAI.RateLimitError, String(error));
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("azure: an unknown key is the SDK's AuthenticationError", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat.completions.create({ model, messages }));
  assert.ok(error instanceof OpenAI.AuthenticationError, String(error));
});

// Acceptance A32.
test("azure: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  let seen = 0;
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages: said(endlessPrompt), stream: true })) {
    if (chunk.choices[0]?.delta?.content && ++seen === 3) {
      break;
    }
  }

  await assertOneAbortedRecord(tenant);
});
