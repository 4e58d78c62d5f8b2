// The official @aws-sdk/client-bedrock-runtime package, unmodified, with a bearer token: over TLS with its own HTTP/2, and in
// clear text with its HTTP/1.1 handler, because its usual one speaks HTTP/2 alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import {
  assertDrained,
  assertMarkedBilled,
  dearPrompt,
  errorOf,
  marked,
  models,
  newTenant,
  recordsOf,
  refusalsOf,
  secure,
  slowPrompt,
  unknownKey,
  urls,
} from "./support/node.mjs";

const modelId = models.bedrock;
const toolConfig = {
  tools: [{ toolSpec: { name: "get_weather", inputSchema: { json: { type: "object", properties: { city: { type: "string" } } } } } }],
};
const caches = "[[sim:inputTokens=9000,cachedTokens=2048,cacheWriteTokens=1024,cacheWrite1hTokens=4096]]";

const bearer = (tenant) => {
  process.env.AWS_BEARER_TOKEN_BEDROCK = tenant.key;
  return { region: "us-east-1", maxAttempts: 1 };
};
const clientOf = (tenant) => new BedrockRuntimeClient({ ...bearer(tenant), endpoint: urls.bedrock, requestHandler: new NodeHttpHandler() });
const secureClientOf = (tenant) => new BedrockRuntimeClient({ ...bearer(tenant), endpoint: secure.bedrock });

const asked = (tenant, text = "What is the weather in Paris?") => ({
  modelId,
  messages: [{ role: "user", content: [{ text: marked(tenant, text) }] }],
});
const invoked = (tenant, text = "What is the weather in Paris?", more = {}) => ({
  modelId,
  contentType: "application/json",
  body: JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 256,
    messages: [{ role: "user", content: marked(tenant, text) }],
    ...more,
  }),
});

test("bedrock: converse, its stream and its tools are billed over HTTP/1.1", async () => {
  const tenant = await newTenant();
  await converse(tenant, clientOf(tenant));
});

test("bedrock: converse, its stream and its tools are billed over TLS and HTTP/2", async () => {
  const tenant = await newTenant({ at: secure });
  await converse(tenant, secureClientOf(tenant));
});

test("bedrock: converse's cache reads and both kinds of cache writes are billed at their own prices", async () => {
  const tenant = await newTenant();
  const { usage } = await clientOf(tenant).send(new ConverseCommand(asked(tenant, caches)));
  assert.equal(usage.cacheWriteInputTokens, 5120);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.cacheWrite1hTokens, 4096);
  assert.equal(record.usage.inputTokens, 9000);
});

test("bedrock: a streamed tool call of converse is complete", async () => {
  const tenant = await newTenant();
  let input = "";
  for await (const event of (await clientOf(tenant).send(new ConverseStreamCommand({ ...asked(tenant), toolConfig }))).stream) {
    input += event.contentBlockDelta?.delta.toolUse?.input ?? "";
  }

  assert.equal(JSON.parse(input).city, "Paris");
  await assertMarkedBilled(tenant);
});

test("bedrock: an invoked model of Anthropic is billed, caches and all", async () => {
  const tenant = await newTenant();
  const { body } = await clientOf(tenant).send(new InvokeModelCommand(invoked(tenant, caches)));
  const message = JSON.parse(new TextDecoder().decode(body));
  assert.ok(message.content[0].text.length > 0);
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.outputTokens, message.usage.output_tokens);
});

test("bedrock: a streamed invocation is billed by its last frames", async () => {
  const tenant = await newTenant();
  const events = [];
  for await (const event of (await clientOf(tenant).send(new InvokeModelWithResponseStreamCommand(invoked(tenant)))).body) {
    events.push(JSON.parse(new TextDecoder().decode(event.chunk.bytes)));
  }

  assert.ok(events.some((event) => event.delta?.text?.length > 0));
  const metrics = events.at(-1)["amazon-bedrock-invocationMetrics"];
  const [record] = await assertMarkedBilled(tenant);
  assert.equal(record.usage.outputTokens, metrics.outputTokenCount);
});

// Acceptance E-CAP.
test("bedrock: a reached cap is the SDK's own error with our code, refused once", async () => {
  const tenant = await newTenant({ limitUsd: "1" });
  const client = new BedrockRuntimeClient({ ...bearer(tenant), maxAttempts: 3, endpoint: urls.bedrock, requestHandler: new NodeHttpHandler() });
  await client.send(new ConverseCommand(asked(tenant, dearPrompt)));
  await assertMarkedBilled(tenant);

  for (const [Command, refusals] of [[ConverseCommand, 1], [ConverseStreamCommand, 2]]) {
    const error = await errorOf(() => client.send(new Command(asked(tenant))));
    assert.ok(error instanceof BedrockRuntimeServiceException, String(error));
    assert.equal(error.$metadata.httpStatusCode, 402);
    assert.match(error.message, /spend limit/);
    assert.equal(await refusalsOf(tenant, "project_spend_limit_exceeded"), refusals);
  }

  await recordsOf(tenant, 1);
});

// Acceptance E-RATE.
test("bedrock: a rate limit is the SDK's ThrottlingException", async () => {
  const tenant = await newTenant({ limits: { requestsPerMinute: 1 } });
  await clientOf(tenant).send(new ConverseCommand(asked(tenant)));
  const error = await errorOf(() => clientOf(tenant).send(new ConverseCommand(asked(tenant))));
  assert.ok(error instanceof ThrottlingException, String(error));
  await assertMarkedBilled(tenant);
});

// Acceptance E-AUTH.
test("bedrock: an unknown key is the SDK's error of that status", async () => {
  const error = await errorOf(() => clientOf({ key: unknownKey }).send(new ConverseCommand(asked({ id: "nobody" }))));
  assert.ok(error instanceof BedrockRuntimeServiceException, String(error));
  assert.ok([401, 403].includes(error.$metadata.httpStatusCode), String(error));
});

// Acceptance A32.
test("bedrock: a stream that its client left is read to its end and billed in full", async () => {
  const tenant = await newTenant();
  const abort = new AbortController();
  const { stream } = await clientOf(tenant).send(new ConverseStreamCommand(asked(tenant, slowPrompt)), { abortSignal: abort.signal });
  let seen = 0;
  await assert.rejects(async () => {
    for await (const event of stream) {
      if (event.contentBlockDelta && ++seen === 3) {
        abort.abort();
      }
    }
  });
  await assertDrained(tenant);
});

async function converse(tenant, client) {
  const whole = await client.send(new ConverseCommand(asked(tenant)));
  assert.ok(whole.output.message.content[0].text.length > 0);
  const { content } = (await client.send(new ConverseCommand({ ...asked(tenant), toolConfig }))).output.message;
  assert.equal(content[0].toolUse.input.city, "Paris");

  let text = "";
  let usage;
  for await (const event of (await client.send(new ConverseStreamCommand(asked(tenant)))).stream) {
    text += event.contentBlockDelta?.delta.text ?? "";
    usage = event.metadata?.usage ?? usage;
  }

  assert.equal(text, whole.output.message.content[0].text);
  assert.equal(usage.totalTokens, whole.usage.totalTokens);
  await assertMarkedBilled(tenant, 3);
}
