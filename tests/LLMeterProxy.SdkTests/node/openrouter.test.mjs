// The official @openrouter/sdk package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenRouter } from "@openrouter/sdk";
import * as errors from "@openrouter/sdk/models/errors";
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

const model = models.openrouter;
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

const clientOf = (tenant) => new OpenRouter({ serverURL: urls.openrouter, apiKey: tenant.key });
const send = (tenant, chatRequest) => clientOf(tenant).chat.send({ chatRequest: { model, messages, ...chatRequest } });
const said = (content) => [{ role: "user", content }];

test("openrouter: a completion is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const result = await send(tenant);
  assert.ok(result.choices[0].message.content.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, result.usage.completionTokens);
  assert.equal(record.providerCostNanoUsd, record.costNanoUsd);
});

test("openrouter: a stream is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  let text = "";
  for await (const chunk of await send(tenant, { stream: true })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }

  assert.ok(text.length > 0);
  await assertBilled(tenant);
});

test("openrouter: a tool call is parsed", async () => {
  const tenant = await newTenant();
  const result = await send(tenant, { tools });
  const [call] = result.choices[0].message.toolCalls;
  assert.equal(call.function.name, "get_weather");
  assert.equal(JSON.parse(call.function.arguments).city, "Paris");
  await assertBilled(tenant);
});

test("openrouter: a streamed tool call is complete", async () => {
  const tenant = await newTenant();
  let args = "";
  for await (const chunk of await send(tenant, { tools, stream: true })) {
    args += chunk.choices[0]?.delta.toolCalls?.[0].function?.arguments ?? "";
  }

  assert.equal(JSON.parse(args).city, "Paris");
  await assertBilled(tenant);
});

// Acceptance E-CAP. The SDK retries 5xx for up to an hour, and 402 never.
test("openrouter: a reached cap is the SDK's PaymentRequiredResponseError, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  await send(tenant, { messages: said(dearPrompt) });
  await assertBilled(tenant);

  for (const [stream, refusals] of [[false, 1], [true, 2]]) {
    const error = await errorOf(() => send(tenant, { stream }));
    assert.ok(error instanceof errors.PaymentRequiredResponseError, String(error));
    assert.equal(error.statusCode, 402);
    assert.match(error.error.message, /spend limit/);
    assert.equal(error.error.metadata.code, "project_spend_limit_exceeded");
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("openrouter: a rate limit is the SDK's TooManyRequestsResponseError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await send(tenant);
  const error = await errorOf(() => send(tenant));
  assert.ok(error instanceof errors.TooManyRequestsResponseError, String(error));
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("openrouter: an unknown key is the SDK's UnauthorizedResponseError", async () => {
  const error = await errorOf(() => send({ key: unknownKey }));
  assert.ok(error instanceof errors.UnauthorizedResponseError, String(error));
});

// Acceptance A32.
test("openrouter: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  let seen = 0;
  for await (const chunk of await send(tenant, { stream: true, messages: said(endlessPrompt) })) {
    if (chunk.choices[0]?.delta.content && ++seen === 3) {
      break;
    }
  }

  await assertOneAbortedRecord(tenant);
});
