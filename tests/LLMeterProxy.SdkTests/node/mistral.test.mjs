// The official @mistralai/mistralai package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Mistral } from "@mistralai/mistralai";
import { MistralError } from "@mistralai/mistralai/models/errors";
import {
  assertBilled,
  assertDrained,
  dearPrompt,
  errorOf,
  marked,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  slowPrompt,
  unknownKey,
  urls,
} from "./support/node.mjs";

const model = models.mistral;
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

const clientOf = (tenant) => new Mistral({ serverURL: urls.mistral, apiKey: tenant.key });
const said = (content) => [{ role: "user", content }];

test("mistral: a completion is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const result = await clientOf(tenant).chat.complete({ model, messages });
  assert.ok(result.choices[0].message.content.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, result.usage.completionTokens);
});

test("mistral: cached tokens are billed once, at their own price", async () => {
  const tenant = await newTenant();
  await clientOf(tenant).chat.complete({ model, messages: said("Hi [[sim:inputTokens=5000,cachedTokens=4096]]") });
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.cacheReadTokens, 4096);
});

test("mistral: a stream is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  let text = "";
  let usage;
  for await (const { data } of await clientOf(tenant).chat.stream({ model, messages })) {
    text += data.choices[0].delta.content ?? "";
    usage = data.usage ?? usage;
  }

  assert.ok(text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, usage.completionTokens);
});

test("mistral: a tool call is parsed, whole and streamed", async () => {
  const tenant = await newTenant();
  const result = await clientOf(tenant).chat.complete({ model, messages, tools });
  const [call] = result.choices[0].message.toolCalls;
  assert.equal(call.function.name, "get_weather");
  assert.equal(JSON.parse(call.function.arguments).city, "Paris");
  let args = "";
  for await (const { data } of await clientOf(tenant).chat.stream({ model, messages, tools })) {
    args += data.choices[0].delta.toolCalls?.[0].function.arguments ?? "";
  }

  assert.equal(JSON.parse(args).city, "Paris");
  await assertBilled(tenant, 2);
});

test("mistral: embeddings arrive as numbers and are billed", async () => {
  const tenant = await newTenant();
  const { data } = await clientOf(tenant).embeddings.create({ model: "mistral-embed", inputs: ["one", "two"] });
  assert.equal(data.length, 2);
  assert.ok(data[0].embedding.length > 0);
  await assertBilled(tenant);
});

// Acceptance E-CAP.
test("mistral: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  await clientOf(tenant).chat.complete({ model, messages: said(dearPrompt) });
  await assertBilled(tenant);

  for (const [send, refusals] of [["complete", 1], ["stream", 2]]) {
    const error = await errorOf(() => clientOf(tenant).chat[send]({ model, messages }));
    assert.ok(error instanceof MistralError, String(error));
    assert.equal(error.statusCode, 402);
    assert.match(error.body, /project_spend_limit_exceeded/);
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("mistral: a rate limit is the SDK's error of that status and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await clientOf(tenant).chat.complete({ model, messages });
  const error = await errorOf(() => clientOf(tenant).chat.complete({ model, messages }));
  assert.ok(error instanceof MistralError, String(error));
  assert.equal(error.statusCode, 429);
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("mistral: an unknown key is the SDK's error of that status", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat.complete({ model, messages }));
  assert.ok(error instanceof MistralError, String(error));
  assert.equal(error.statusCode, 401);
});

// Acceptance A32.
test("mistral: a stream that its client left is read to its end and billed in full", async () => {
  const tenant = await newTenant();
  let seen = 0;
  for await (const { data } of await clientOf(tenant).chat.stream({ model, messages: said(marked(tenant, slowPrompt)) })) {
    if (data.choices[0].delta.content && ++seen === 3) {
      break;
    }
  }

  await assertDrained(tenant);
});
