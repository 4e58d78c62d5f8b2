// The official cohere-ai package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CohereClientV2, CohereError } from "cohere-ai";
import {
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

const model = models.cohere;
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "get_weather", description: "The weather of a city", parameters } }];

const clientOf = (tenant) => new CohereClientV2({ baseUrl: urls.cohere, token: tenant.key });
const asked = (tenant, text = "What is the weather in Paris?") => ({ model, messages: [{ role: "user", content: marked(tenant, text) }] });

test("cohere: a chat is billed by its billed units", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).chat(asked(tenant));
  assert.ok(response.message.content[0].text.length > 0);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.inputTokens, response.usage.billedUnits.inputTokens);
  assert.ok(record.usage.inputTokens < response.usage.tokens.inputTokens);
  assert.equal(record.modelRequested, model);
});

test("cohere: a stream is billed by the units of its end", async () => {
  const tenant = await newTenant();
  let text = "";
  let usage;
  for await (const event of await clientOf(tenant).chatStream(asked(tenant))) {
    text += event.type === "content-delta" ? event.delta.message.content.text : "";
    usage = event.type === "message-end" ? event.delta.usage : usage;
  }

  assert.ok(text.length > 0);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.outputTokens, usage.billedUnits.outputTokens);
});

test("cohere: a tool is called and its result answered, two calls and two records", async () => {
  const tenant = await newTenant();
  const request = asked(tenant);
  const { message } = await clientOf(tenant).chat({ ...request, tools });
  const [call] = message.toolCalls;
  assert.equal(JSON.parse(call.function.arguments).city, "Paris");
  const messages = [
    ...request.messages,
    { role: "assistant", toolCalls: message.toolCalls, toolPlan: message.toolPlan },
    { role: "tool", toolCallId: call.id, content: "Sunny" },
  ];
  const answer = await clientOf(tenant).chat({ model, messages, tools });
  assert.ok(answer.message.content[0].text.length > 0);
  await assertMarkedBilled(tenant, 2);
});

test("cohere: a streamed tool call is complete", async () => {
  const tenant = await newTenant();
  let args = "";
  for await (const event of await clientOf(tenant).chatStream({ ...asked(tenant), tools })) {
    args += event.type === "tool-call-delta" ? event.delta.message.toolCalls.function.arguments : "";
  }

  assert.equal(JSON.parse(args).city, "Paris");
  await assertMarkedBilled(tenant);
});

test("cohere: embeddings arrive as numbers and are billed", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).embed({
    model: "embed-v4.0",
    inputType: "search_document",
    embeddingTypes: ["float"],
    texts: ["one", marked(tenant, "two")],
    outputDimension: 256,
  });
  assert.deepEqual(response.embeddings.float.map((vector) => vector.length), [256, 256]);
  const [record] = await assertMarkedBilled(tenant);
  assert.ok(record.costNanoUsd > 0);
});

test("cohere: a rerank is billed by its searches", async () => {
  const tenant = await newTenant();
  const documents = Array.from({ length: 101 }, (_, index) => `Document ${index}`);
  const response = await clientOf(tenant).rerank({ model: "rerank-v3.5", query: marked(tenant, "Which?"), documents, topN: 3 });
  assert.equal(response.results.length, 3);
  assert.equal(response.meta.billedUnits.searchUnits, 2);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.costNanoUsd, 4_000_000);
});

// Acceptance E-CAP.
test("cohere: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  await clientOf(tenant).chat(asked(tenant, dearPrompt));
  await assertMarkedBilled(tenant);

  for (const [send, refusals] of [["chat", 1], ["chatStream", 2]]) {
    const error = await errorOf(() => clientOf(tenant)[send](asked(tenant)));
    assert.ok(error instanceof CohereError, String(error));
    assert.equal(error.statusCode, 402);
    assert.match(error.message, /spend limit/);
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("cohere: a rate limit is the SDK's error of that status", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await clientOf(tenant).chat(asked(tenant));
  const error = await errorOf(() => clientOf(tenant).chat(asked(tenant), { maxRetries: 0 }));
  assert.ok(error instanceof CohereError, String(error));
  assert.equal(error.statusCode, 429);
  assert.ok(Number(error.rawResponse.headers.get("retry-after")) >= 1);
  await assertMarkedBilled(tenant);
});

// Acceptance E-AUTH.
test("cohere: an unknown key is the SDK's error of that status", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat(asked({ id: "nobody" })));
  assert.ok(error instanceof CohereError, String(error));
  assert.equal(error.statusCode, 401);
});

// Acceptance A32.
test("cohere: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  let seen = 0;
  const abort = new AbortController();
  const stream = await clientOf(tenant).chatStream(asked(tenant, endlessPrompt), { abortSignal: abort.signal });
  await assert.rejects(async () => {
    for await (const event of stream) {
      if (event.type === "content-delta" && ++seen === 3) {
        abort.abort();
      }
    }
  });
  await assertOneAbortedRecord(tenant);
});
