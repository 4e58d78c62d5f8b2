// The official groq-sdk package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import Groq from "groq-sdk";
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

const model = models.groq;
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

const clientOf = (tenant, options) => new Groq({ baseURL: urls.groq, apiKey: tenant.key, ...options });
const said = (content) => [{ role: "user", content }];

test("groq: a completion is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const completion = await clientOf(tenant).chat.completions.create({ model, messages });
  assert.ok(completion.choices[0].message.content.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, completion.usage.completion_tokens);
});

test("groq: cached and reasoning tokens are billed at their own prices", async () => {
  const tenant = await newTenant();
  await clientOf(tenant).chat.completions.create({
    model,
    messages: said("Hi [[sim:inputTokens=5000,cachedTokens=4096,outputTokens=700,reasoningTokens=512]]"),
  });
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.cacheReadTokens, 4096);
  assert.equal(record.usage.reasoningTokens, 512);
});

test("groq: a stream is billed once, however often its usage is stated", async () => {
  const tenant = await newTenant();
  let text = "";
  let stated = 0;
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })) {
    text += chunk.choices[0]?.delta.content ?? "";
    stated += (chunk.usage ? 1 : 0) + (chunk.x_groq?.usage ? 1 : 0);
  }

  assert.ok(text.length > 0);
  assert.equal(stated, 3);
  await assertBilled(tenant);
});

test("groq: a stream is billed although its client did not ask for usage", async () => {
  const tenant = await newTenant();
  let text = "";
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages, stream: true })) {
    text += chunk.choices[0].delta.content ?? "";
  }

  assert.ok(text.length > 0);
  await assertBilled(tenant);
});

test("groq: a tool call is parsed, whole and streamed", async () => {
  const tenant = await newTenant();
  const client = clientOf(tenant);
  const completion = await client.chat.completions.create({ model, messages, tools });
  assert.equal(JSON.parse(completion.choices[0].message.tool_calls[0].function.arguments).city, "Paris");
  let args = "";
  for await (const chunk of await client.chat.completions.create({ model, messages, tools, stream: true })) {
    args += chunk.choices[0].delta.tool_calls?.[0].function.arguments ?? "";
  }

  assert.equal(JSON.parse(args).city, "Paris");
  await assertBilled(tenant, 2);
});

// Acceptance E-CAP.
test("groq: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  await clientOf(tenant).chat.completions.create({ model, messages: said(dearPrompt) });
  await assertBilled(tenant);

  for (const [stream, refusals] of [[false, 1], [true, 2]]) {
    const error = await errorOf(() => clientOf(tenant).chat.completions.create({ model, messages, stream }));
    assert.ok(error instanceof Groq.APIError, String(error));
    assert.equal(error.status, 402);
    assert.match(error.message, /spend limit/);
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("groq: a rate limit is the SDK's RateLimitError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant, { maxRetries: 0 });
  await client.chat.completions.create({ model, messages });
  const error = await errorOf(() => client.chat.completions.create({ model, messages }));
  assert.ok(error instanceof Groq.RateLimitError, String(error));
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("groq: an unknown key is the SDK's AuthenticationError", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat.completions.create({ model, messages }));
  assert.ok(error instanceof Groq.AuthenticationError, String(error));
});

// Acceptance A32.
test("groq: a stream that its client left is read to its end and billed in full", async () => {
  const tenant = await newTenant();
  let seen = 0;
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages: said(marked(tenant, slowPrompt)), stream: true })) {
    if (chunk.choices[0]?.delta.content && ++seen === 3) {
      break;
    }
  }

  await assertDrained(tenant);
});
