// The official ollama package, unmodified. An Ollama server has no keys; the proxy's goes into a header.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ollama } from "ollama";
import { assertMarkedBilled, errorOf, endlessPrompt, marked, models, newTenant, recordsOf, unknownKey, urls } from "./support/node.mjs";

const model = models.ollama;
const tools = [
  {
    type: "function",
    function: { name: "get_weather", description: "The weather of a city", parameters: { type: "object", properties: { city: { type: "string" } } } },
  },
];

const clientOf = (tenant) => new Ollama({ host: urls.ollama, headers: { Authorization: `Bearer ${tenant.key}` } });
const asked = (tenant, text = "What is the weather in Paris?") => ({ model, messages: [{ role: "user", content: marked(tenant, text) }] });

test("ollama: a chat is metered and free", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).chat(asked(tenant));
  assert.ok(response.message.content.length > 0);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.inputTokens, response.prompt_eval_count);
  assert.equal(record.usage.outputTokens, response.eval_count);
  assert.equal(record.costNanoUsd, 0);
});

test("ollama: a stream of lines is metered by its last", async () => {
  const tenant = await newTenant();
  let text = "";
  let last;
  for await (const part of await clientOf(tenant).chat({ ...asked(tenant), stream: true })) {
    text += part.message.content;
    last = part;
  }

  assert.ok(text.length > 0);
  assert.ok(last.done);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.outputTokens, last.eval_count);
});

test("ollama: a tool is called and its result answered, two calls and two records", async () => {
  const tenant = await newTenant();
  const { messages } = asked(tenant);
  const { message } = await clientOf(tenant).chat({ model, messages, tools });
  assert.equal(message.tool_calls[0].function.arguments.city, "Paris");
  const answered = [...messages, message, { role: "tool", tool_name: "get_weather", content: "Sunny" }];
  const answer = await clientOf(tenant).chat({ model, messages: answered, tools });
  assert.ok(answer.message.content.length > 0);
  await assertMarkedBilled(tenant, 2);
});

test("ollama: a streamed tool call is complete", async () => {
  const tenant = await newTenant();
  const calls = [];
  for await (const part of await clientOf(tenant).chat({ ...asked(tenant), tools, stream: true })) {
    calls.push(...(part.message.tool_calls ?? []));
  }

  assert.equal(calls.length, 1);
  assert.equal(calls[0].function.arguments.city, "Paris");
  await assertMarkedBilled(tenant);
});

test("ollama: a generated text is metered, whole and streamed", async () => {
  const tenant = await newTenant();
  const whole = await clientOf(tenant).generate({ model, prompt: marked(tenant, "Hello") });
  assert.ok(whole.response.length > 0);
  let text = "";
  for await (const part of await clientOf(tenant).generate({ model, prompt: marked(tenant, "Hello"), stream: true })) {
    text += part.response;
  }

  assert.equal(text, whole.response);
  await assertMarkedBilled(tenant, 2);
});

test("ollama: embeddings arrive as numbers and are metered", async () => {
  const tenant = await newTenant();
  const response = await clientOf(tenant).embed({ model: "nomic-embed-text", input: ["one", marked(tenant, "two")] });
  assert.deepEqual(response.embeddings.map((vector) => vector.length), [768, 768]);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.inputTokens, response.prompt_eval_count);
});

test("ollama: models are listed", async () => {
  const tenant = await newTenant();
  const { models: listed } = await clientOf(tenant).list();
  assert.ok(listed.length > 0);
});

// Acceptance E-RATE.
test("ollama: a rate limit is the SDK's ResponseError of that status", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await clientOf(tenant).chat(asked(tenant));
  const error = await errorOf(() => clientOf(tenant).chat(asked(tenant)));
  assert.equal(error.name, "ResponseError");
  assert.equal(error.status_code, 429);
  assert.match(error.message, /limit of requests per minute/);
  await assertMarkedBilled(tenant);
});

// Acceptance E-AUTH.
test("ollama: an unknown key is the SDK's ResponseError of that status", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).chat(asked({ id: "nobody" })));
  assert.equal(error.name, "ResponseError");
  assert.equal(error.status_code, 401);
});

// Acceptance A32.
test("ollama: an aborted stream leaves one record", async () => {
  const tenant = await newTenant();
  const stream = await clientOf(tenant).chat({ ...asked(tenant, endlessPrompt), stream: true });
  let seen = 0;
  await assert.rejects(async () => {
    for await (const part of stream) {
      if (part.message.content && ++seen === 3) {
        stream.abort();
      }
    }
  });
  const [record] = await recordsOf(tenant, 1);
  assert.equal(record.outcome, "client_aborted");
  assert.ok(record.usage.outputTokens > 0);
});
