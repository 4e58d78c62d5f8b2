// The official @google/genai package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, GoogleGenAI } from "@google/genai";
import {
  assertBilled,
  assertOneAbortedRecord,
  billOf,
  dearPrompt,
  errorOf,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  unknownKey,
  urls,
} from "./support/node.mjs";

const model = models.gemini;
const contents = "What is the weather in Paris?";
const longAnswerTokens = 1000;
const longAnswer = `[[sim:outputTokens=${longAnswerTokens},chunkDelayMs=20]]`;
const parametersJsonSchema = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema }] }];

const clientOf = (tenant, options) => new GoogleGenAI({ apiKey: tenant.key, httpOptions: { baseUrl: urls.gemini, ...options } });

/** The SDK's error carries the body as its message. */
const bodyOf = (error) => JSON.parse(error.message).error;

test("gemini: generated content is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).models.generateContent({ model, contents });
  assert.ok(response.text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.inputTokens, response.usageMetadata.promptTokenCount);
});

// Acceptance A52: thoughts stand beside the candidates and are billed as output.
test("gemini: cached tokens and thoughts are billed at their own prices", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).models.generateContent({
    model,
    contents: "Hi [[sim:inputTokens=5000,cachedTokens=4096,outputTokens=700,reasoningTokens=512]]",
  });
  const [record] = await assertBilled(tenant);
  const { candidatesTokenCount, thoughtsTokenCount } = response.usageMetadata;
  assert.equal(record.usage.cacheReadTokens, 4096);
  assert.equal(record.usage.outputTokens, candidatesTokenCount + thoughtsTokenCount);
});

test("gemini: a stream is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  let text = "";
  for await (const chunk of await clientOf(tenant).models.generateContentStream({ model, contents })) {
    text += chunk.text ?? "";
  }

  assert.ok(text.length > 0);
  await assertBilled(tenant);
});

test("gemini: a tool call is parsed", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).models.generateContent({ model, contents, config: { tools } });
  assert.equal(response.functionCalls[0].name, "get_weather");
  assert.equal(response.functionCalls[0].args.city, "Paris");
  await assertBilled(tenant);
});

test("gemini: a streamed tool call is parsed", async () => {
  const tenant = await newTenant();
  const calls = [];
  for await (const chunk of await clientOf(tenant).models.generateContentStream({ model, contents, config: { tools } })) {
    calls.push(...(chunk.functionCalls ?? []));
  }

  assert.deepEqual(calls.map((call) => call.args.city), ["Paris"]);
  await assertBilled(tenant);
});

test("gemini: counting tokens costs nothing", async () => {
  const tenant = await newTenant();
  const { totalTokens } = await clientOf(tenant).models.countTokens({ model, contents });
  assert.ok(totalTokens > 0);
  const [record] = await recordsOf(tenant, 1);
  assert.equal(record.source, "free");
});

// Acceptance E-CAP. The SDK retries 408, 429 and 5xx when asked to, and 402 never.
test("gemini: a reached cap is the SDK's ApiError with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = clientOf(tenant, { retryOptions: { attempts: 3 } });
  await client.models.generateContent({ model, contents: dearPrompt, config: { maxOutputTokens: 256 } });
  await assertBilled(tenant);

  const error = await errorOf(() => client.models.generateContent({ model, contents }));
  assert.ok(error instanceof ApiError);
  assert.equal(error.status, 402);
  assert.equal(bodyOf(error).status, "RESOURCE_EXHAUSTED");
  assert.equal(bodyOf(error).details[0].reason, "SPEND_CAP_EXHAUSTED");
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 1);

  const streamed = await errorOf(() => client.models.generateContentStream({ model, contents }));
  assert.ok(streamed instanceof ApiError);
  assert.equal(streamed.status, 402);
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 2);
  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("gemini: a rate limit is the SDK's ApiError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant);
  await client.models.generateContent({ model, contents });
  const error = await errorOf(() => client.models.generateContent({ model, contents }));
  assert.ok(error instanceof ApiError);
  assert.equal(error.status, 429);
  const retry = bodyOf(error).details.find((detail) => detail["@type"] === "type.googleapis.com/google.rpc.RetryInfo");
  assert.match(retry.retryDelay, /^\d+s$/);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("gemini: an unknown key is the SDK's ApiError", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).models.generateContent({ model, contents }));
  assert.ok(error instanceof ApiError);
  assert.equal(error.status, 401);
  assert.equal(bodyOf(error).details[0].reason, "API_KEY_INVALID");
});

// Acceptance A32, A33: Google bills an abandoned stream to its end, so that the proxy reads on and charges the same.
test("gemini: an aborted stream leaves one record with all that Google bills", async () => {
  const tenant = await newTenant();
  const abort = new AbortController();
  const config = { abortSignal: abort.signal };
  const contents = `Hello ${longAnswer}`;
  let seen = 0;
  await errorOf(async () => {
    for await (const chunk of await clientOf(tenant).models.generateContentStream({ model, contents, config })) {
      if (chunk.text && ++seen === 3) {
        abort.abort();
      }
    }
  });
  // What had arrived before the abort is still handed out.
  assert.ok(seen >= 3);
  const record = await assertOneAbortedRecord(tenant);
  const entry = await billOf((line) => line.responseId === record.responseId);
  assert.equal(record.usage.outputTokens, longAnswerTokens);
  assert.equal(record.costNanoUsd, entry.nanoUsd);
});
