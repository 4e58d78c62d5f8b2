// The Vercel AI SDK (package ai) with its official OpenAI, Anthropic and Google providers, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, generateText, stepCountIs, streamText, tool } from "ai";
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

const prompt = "What is the weather in Paris?";

const openai = (tenant) => createOpenAI({ baseURL: urls.openai, apiKey: tenant.key });
const anthropic = (tenant) => createAnthropic({ baseURL: `${urls.anthropic}/v1`, apiKey: tenant.key })(models.anthropic);
const google = (tenant) => createGoogleGenerativeAI({ baseURL: `${urls.gemini}/v1beta`, apiKey: tenant.key })(models.gemini);
const chat = (tenant) => openai(tenant).chat(models.openai);
const responses = (tenant) => openai(tenant).responses(models.openai);

test("ai: text of OpenAI's chat is billed as the provider bills it", () => generates(chat));

test("ai: text of OpenAI's responses is billed as the provider bills it", () => generates(responses));

test("ai: text of Anthropic is billed as the provider bills it", () => generates(anthropic));

test("ai: text of Google is billed as the provider bills it", () => generates(google));

test("ai: a stream of OpenAI's chat is billed as the provider bills it", () => streams(chat));

test("ai: a stream of OpenAI's responses is billed as the provider bills it", () => streams(responses));

test("ai: a stream of Anthropic is billed as the provider bills it", () => streams(anthropic));

test("ai: a stream of Google is billed as the provider bills it", () => streams(google));

test("ai: an agent loop over OpenAI's chat calls its tool, two calls and two records", () => callsTool(chat));

test("ai: an agent loop over OpenAI's responses calls its tool, two calls and two records", () => callsTool(responses));

test("ai: an agent loop over Anthropic calls its tool, two calls and two records", () => callsTool(anthropic));

test("ai: an agent loop over Google calls its tool, two calls and two records", () => callsTool(google));

// Acceptance E-CAP. The SDK repeats a retryable call twice on its own.
test("ai: a reached cap at OpenAI is an APICallError, refused once and not retried", () =>
  refusesOverCap(chat, (error) => error.data.error.code === "project_spend_limit_exceeded"));

test("ai: a reached cap at Anthropic is an APICallError, refused once and not retried", () =>
  refusesOverCap(anthropic, (error) => error.data.error.type === "billing_error"));

test("ai: a reached cap at Google is an APICallError, refused once and not retried", () =>
  refusesOverCap(google, (error) => error.data.error.status === "RESOURCE_EXHAUSTED"));

// Acceptance E-RATE.
test("ai: a rate limit is an APICallError that says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await generateText({ model: chat(tenant), prompt });
  const error = await errorOf(() => generateText({ model: chat(tenant), prompt, maxRetries: 0 }));
  assert.ok(APICallError.isInstance(error));
  assert.equal(error.statusCode, 429);
  assert.ok(error.isRetryable);
  assert.ok(Number(error.responseHeaders["retry-after"]) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("ai: an unknown key is an APICallError", async () => {
  const error = await errorOf(() => generateText({ model: chat({ key: unknownKey }), prompt }));
  assert.ok(APICallError.isInstance(error));
  assert.equal(error.statusCode, 401);
});

// Acceptance A32.
test("ai: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  const abort = new AbortController();
  const { textStream } = streamText({ model: chat(tenant), prompt: endlessPrompt, abortSignal: abort.signal, onError: () => {} });
  let seen = 0;
  for await (const text of textStream) {
    if (text && ++seen === 3) {
      abort.abort();
    }
  }

  await assertOneAbortedRecord(tenant);
});

async function generates(modelOf) {
  const tenant = await newTenant();
  const { text, usage } = await generateText({ model: modelOf(tenant), prompt });
  assert.ok(text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.inputTokens, usage.inputTokens);
  assert.equal(record.usage.outputTokens, usage.outputTokens);
}

async function streams(modelOf) {
  const tenant = await newTenant();
  const result = streamText({ model: modelOf(tenant), prompt });
  let text = "";
  for await (const part of result.textStream) {
    text += part;
  }

  assert.ok(text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, (await result.usage).outputTokens);
}

async function callsTool(modelOf) {
  const tenant = await newTenant();
  const asked = [];
  const weather = tool({
    description: "The weather of a city",
    inputSchema: z.object({ city: z.string(), unit: z.string().optional() }),
    execute: async ({ city }) => {
      asked.push(city);
      return "Sunny";
    },
  });
  const { text } = await generateText({ model: modelOf(tenant), prompt, tools: { weather }, stopWhen: stepCountIs(3) });
  assert.deepEqual(asked, ["Paris"]);
  assert.ok(text.length > 0);
  await assertBilled(tenant, 2);
}

async function refusesOverCap(modelOf, isOurs) {
  const tenant = await newTenant({ limitUsd: "1" });
  const model = modelOf(tenant);
  await generateText({ model, prompt: dearPrompt, maxOutputTokens: 256 });
  await assertBilled(tenant);
  const error = await errorOf(() => generateText({ model, prompt, maxOutputTokens: 256 }));
  assert.ok(APICallError.isInstance(error));
  assert.equal(error.statusCode, 402);
  assert.equal(error.isRetryable, false);
  assert.ok(isOurs(error), error.responseBody);
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 1);
  await recordsOf(tenant, 1);
}
