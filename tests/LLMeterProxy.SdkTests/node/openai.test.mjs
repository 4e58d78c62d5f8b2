// The official openai package, unmodified.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import {
  assertBilled,
  assertOneAbortedRecord,
  billOf,
  dearPrompt,
  endlessPrompt,
  errorOf,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  unknownKey,
  unusualInput,
  urls,
} from "./support/node.mjs";

const model = models.openai;
const messages = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string" }, unit: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

const clientOf = (tenant, options) => new OpenAI({ baseURL: urls.openai, apiKey: tenant.key, ...options });
const said = (content) => [{ role: "user", content }];

test("openai: a chat completion is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const completion = await clientOf(tenant).chat.completions.create({ model, messages });
  assert.ok(completion.choices[0].message.content.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.inputTokens, completion.usage.prompt_tokens);
  assert.equal(record.usage.outputTokens, completion.usage.completion_tokens);
});

test("openai: cached and reasoning tokens are billed at their own prices", async () => {
  const tenant = await newTenant();
  await clientOf(tenant).chat.completions.create({
    model: "gpt-5-mini",
    messages: said("Hi [[sim:inputTokens=5000,cachedTokens=4096,outputTokens=700,reasoningTokens=512]]"),
  });
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.cacheReadTokens, 4096);
  assert.equal(record.usage.reasoningTokens, 512);
});

test("openai: a stream is billed although its client did not ask for usage, and shows none", async () => {
  const tenant = await newTenant();
  let text = "";
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages, stream: true })) {
    assert.equal(chunk.usage ?? null, null);
    text += chunk.choices[0].delta.content ?? "";
  }

  assert.ok(text.length > 0);
  await assertBilled(tenant);
});

test("openai: a stream shows its usage to the client that asked for it", async () => {
  const tenant = await newTenant();
  let usage;
  const options = { include_usage: true };
  for await (const chunk of await clientOf(tenant).chat.completions.create({ model, messages, stream: true, stream_options: options })) {
    usage = chunk.usage ?? usage;
  }

  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, usage.completion_tokens);
});

test("openai: a tool call is parsed", async () => {
  const tenant = await newTenant();
  const completion = await clientOf(tenant).chat.completions.create({ model, messages, tools });
  assert.equal(completion.choices[0].message.tool_calls[0].function.name, "get_weather");
  assert.equal(JSON.parse(completion.choices[0].message.tool_calls[0].function.arguments).city, "Paris");
  await assertBilled(tenant);
});

test("openai: the runner calls a streamed tool and ends in words, two calls and two records", async () => {
  const tenant = await newTenant();
  const asked = [];
  const runner = clientOf(tenant).chat.completions.runTools({
    model,
    messages,
    stream: true,
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters,
          parse: JSON.parse,
          function: ({ city }) => {
            asked.push(city);
            return "Sunny";
          },
        },
      },
    ],
  });
  const answer = await runner.finalContent();
  assert.deepEqual(asked, ["Paris"]);
  assert.ok(answer.length > 0);
  await assertBilled(tenant, 2);
});

test("openai: a response is billed as the provider bills it", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).responses.create({ model, input: "Hello" });
  assert.ok(response.output_text.length > 0);
  const [record] = await assertBilled(tenant);
  assert.equal(record.usage.outputTokens, response.usage.output_tokens);
});

test("openai: a streamed response ends with its completion", async () => {
  const tenant = await newTenant();
  const stream = clientOf(tenant).responses.stream({ model, input: "Hello" });
  const response = await stream.finalResponse();
  assert.ok(response.output_text.length > 0);
  await assertBilled(tenant);
});

test("openai: a response's tool call is parsed", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).responses.create({
    model,
    input: "What is the weather in Paris?",
    tools: [{ type: "function", name: "get_weather", parameters, strict: false }],
  });
  const call = response.output.find((item) => item.type === "function_call");
  assert.equal(JSON.parse(call.arguments).city, "Paris");
  await assertBilled(tenant);
});

test("openai: embeddings arrive as numbers and are billed", async () => {
  const tenant = await newTenant();
  const input = ["one", `two ${unusualInput.directive}`];
  const { data } = await clientOf(tenant).embeddings.create({ model: "text-embedding-3-small", input, dimensions: 8 });
  assert.deepEqual(data.map((item) => item.embedding.length), [8, 8]);
  const [record] = await recordsOf(tenant, 1);
  const entry = await billOf((line) => line.operation === "Embeddings" && line.uncached === unusualInput.tokens);
  assert.equal(record.usage.inputTokens, unusualInput.tokens);
  assert.equal(record.costNanoUsd, entry.nanoUsd);
});

// Acceptance E-CAP.
test("openai: a reached cap is the SDK's own error with our code, refused once and not retried", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = clientOf(tenant);
  await client.chat.completions.create({ model, messages: said(dearPrompt) });
  await assertBilled(tenant);

  const error = await errorOf(() => client.chat.completions.create({ model, messages }));
  assert.ok(error instanceof OpenAI.APIError);
  assert.equal(error.status, 402);
  assert.equal(error.type, "insufficient_quota");
  assert.equal(error.code, "project_spend_limit_exceeded");
  assert.ok(error.requestID);
  assert.match(error.message, /spend limit/);
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 1);

  const streamed = await errorOf(() => client.chat.completions.create({ model, messages, stream: true }));
  assert.equal(streamed.code, "project_spend_limit_exceeded");
  assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), 2);
  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("openai: a rate limit is the SDK's RateLimitError and says when to come back", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  const client = clientOf(tenant, { maxRetries: 0 });
  await client.chat.completions.create({ model, messages });
  const error = await errorOf(() => client.chat.completions.create({ model, messages }));
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.equal(error.code, "rate_limit_exceeded");
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
  await assertBilled(tenant);
});

// Acceptance E-AUTH.
test("openai: an unknown key is the SDK's AuthenticationError", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat.completions.create({ model, messages }));
  assert.ok(error instanceof OpenAI.AuthenticationError);
  assert.equal(error.code, "invalid_api_key");
});

// Acceptance E-UPERR.
test("openai: the provider's own refusal arrives as its own error, unbilled", async () => {
  const tenant = await newTenant();
  const error = await errorOf(() => clientOf(tenant).chat.completions.create({ model, messages: said("Hi [[sim:status=400]]") }));
  assert.ok(error instanceof OpenAI.BadRequestError);
  const [record] = await recordsOf(tenant, 1);
  assert.equal(record.status, 400);
  assert.equal(record.costNanoUsd ?? 0, 0);
});

test("openai: a call that the SDK repeats after a 503 is billed once", async () => {
  const tenant = await newTenant();
  let attempts = 0;
  const client = clientOf(tenant, {
    fetch: (url, init) => {
      attempts++;
      return attempts === 1 ? fetch(url, failing(init)) : fetch(url, init);
    },
  });
  await client.chat.completions.create({ model, messages });
  assert.equal(attempts, 2);
  const records = await recordsOf(tenant, 2);
  assert.deepEqual(records.map((record) => record.status).sort(), [200, 503]);
  assert.equal(records.filter((record) => (record.costNanoUsd ?? 0) > 0).length, 1);
});

// Acceptance A32.
test("openai: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  const stream = await clientOf(tenant).chat.completions.create({ model, messages: said(endlessPrompt), stream: true });
  let seen = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content && ++seen === 3) {
      break;
    }
  }

  await assertOneAbortedRecord(tenant);
});

// Acceptance A48.
test("openai: models are listed even when the cap is reached", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = clientOf(tenant);
  await client.chat.completions.create({ model, messages: said(dearPrompt) });
  await assertBilled(tenant);
  assert.equal((await errorOf(() => client.chat.completions.create({ model, messages }))).status, 402);
  const { data } = await client.models.list();
  assert.ok(data.length > 0);
});

/** The same request with a prompt to which the provider answers 503. */
function failing(init) {
  const headers = new Headers(init.headers);
  headers.delete("content-length");
  return { ...init, headers, body: init.body.replace("Paris", "Paris [[sim:status=503,retryAfterSeconds=1]]") };
}
