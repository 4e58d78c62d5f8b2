// The official @anthropic-ai/sdk package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
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

const model = models.anthropic;
const max_tokens = 256;
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const tools = [{ name: "get_weather", input_schema: { type: "object", properties: { city: { type: "string" } } } }];

const clientOf = (tenant, options) => new Anthropic({ baseURL: urls.anthropic, apiKey: tenant.key, ...options });
const said = (content) => [{ role: "user", content }];

test("anthropic: a message is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const message = await clientOf(tenant).messages.create({ model, max_tokens, messages });
  assert.ok(message.content[0].text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, message.usage.output_tokens);
});

test("anthropic: cache reads and both kinds of cache writes are billed at their own prices", async () => {
  const tenant = await newTenant();
  await clientOf(tenant).messages.create({
    model,
    max_tokens,
    messages: said("Hi [[sim:inputTokens=9000,cachedTokens=2048,cacheWriteTokens=1024,cacheWrite1hTokens=4096]]"),
  });
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.cacheReadTokens, 2048);
  assert.equal(record.usage.cacheWrite5mTokens, 1024);
  assert.equal(record.usage.cacheWrite1hTokens, 4096);
});

test("anthropic: a streamed message is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const message = await clientOf(tenant).messages.stream({ model, max_tokens, messages }).finalMessage();
  assert.ok(message.content[0].text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, message.usage.output_tokens);
});

test("anthropic: a tool call is parsed", async () => {
  const tenant = await newTenant();
  const message = await clientOf(tenant).messages.create({ model, max_tokens, messages, tools });
  assert.equal(message.stop_reason, "tool_use");
  assert.equal(message.content.find((block) => block.type === "tool_use").input.city, "Paris");
  await assertBilled(tenant);
});

test("anthropic: a streamed tool call is parsed and its result is answered", async () => {
  const tenant = await newTenant();
  const client = clientOf(tenant);
  const asked = await client.messages.stream({ model, max_tokens, messages, tools }).finalMessage();
  const call = asked.content.find((block) => block.type === "tool_use");
  assert.equal(call.input.city, "Paris");
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "Sunny" }] };
  const history = [...messages, { role: "assistant", content: asked.content }, result];
  const answer = await client.messages.create({ model, max_tokens, messages: history, tools });
  assert.equal(answer.stop_reason, "end_turn");
  await assertBilled(tenant, 2);
});

test("anthropic: counting tokens costs nothing", async () => {
  const tenant = await newTenant();
  const { input_tokens } = await clientOf(tenant).messages.countTokens({ model, messages });
  assert.ok(input_tokens > 0);
  const records = await recordsOf(tenant, 1);
  assert.equal(records[0].source, "free");
  assert.equal(records[0].costNanoUsd ?? 0, 0);
});

test("anthropic: the key may come as a bearer token", async () => {
  const tenant = await newTenant();
  const client = new Anthropic({ baseURL: urls.anthropic, apiKey: null, authToken: tenant.key });
  await client.messages.create({ model, max_tokens, messages });
  await assertBilled(tenant);
});

// Acceptance E-CAP.
test("anthropic: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = clientOf(tenant);
  await client.messages.create({ model, max_tokens, messages: said(dearPrompt) });
  await assertBilled(tenant);

  const error = await errorOf(() => client.messages.create({ model, max_tokens, messages }));
  assert.ok(error instanceof Anthropic.APIError);
  assert.equal(error.status, 402);
  assert.equal(error.type, "billing_error");
  assert.equal(error.error.error.code, "project_spend_limit_exceeded");
  assert.ok(error.requestID);
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 1);

  const streamed = await errorOf(() => client.messages.stream({ model, max_tokens, messages }).finalMessage());
  assert.ok(streamed instanceof Anthropic.APIError);
  assert.equal(streamed.status, 402);
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 2);
  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("anthropic: a rate limit is the SDK's RateLimitError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant, { maxRetries: 0 });
  await client.messages.create({ model, max_tokens, messages });
  const error = await errorOf(() => client.messages.create({ model, max_tokens, messages }));
  assert.ok(error instanceof Anthropic.RateLimitError);
  assert.equal(error.type, "rate_limit_error");
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("anthropic: an unknown key is the SDK's AuthenticationError", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).messages.create({ model, max_tokens, messages }));
  assert.ok(error instanceof Anthropic.AuthenticationError);
  assert.equal(error.type, "authentication_error");
});

// Acceptance A32.
test("anthropic: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  const stream = clientOf(tenant).messages.stream({ model, max_tokens: 30_000, messages: said(endlessPrompt) });
  let seen = 0;
  stream.on("text", () => {
    if (++seen === 3) {
      stream.abort();
    }
  });
  const error = await errorOf(() => stream.finalMessage());
  assert.ok(error instanceof Anthropic.APIUserAbortError);
  await assertOneAbortedRecord(tenant);
});
