// The node under test as a client and an operator see it. Everything about it comes from the environment, so that the
// same tests run against a node in another process, or one that somebody started by hand.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

/** Origin of the gateway listener. */
export const gateway = required("LLMETER_TEST_GATEWAY");

/** The same set-up once more, with TLS on its gateway listener. */
export const secure = {
  control: required("LLMETER_TEST_SECURE_CONTROL"),
  bedrock: `${required("LLMETER_TEST_SECURE_GATEWAY")}/bedrock`,
};

const control = required("LLMETER_TEST_CONTROL");
const adminToken = required("LLMETER_TEST_ADMIN_TOKEN");
const billFile = required("LLMETER_TEST_BILL_FILE");
const readableWithinMs = 20_000;

/** Base URLs as the README gives them to users. */
export const urls = {
  openai: `${gateway}/openai/v1`,
  anthropic: `${gateway}/anthropic`,
  gemini: `${gateway}/gemini`,
  openrouter: `${gateway}/openrouter/api/v1`,
  azure: `${gateway}/azure`,
  mistral: `${gateway}/mistral`,
  groq: `${gateway}/groq`,
  cohere: `${gateway}/cohere`,
  bedrock: `${gateway}/bedrock`,
  ollama: `${gateway}/ollama`,
};

/** Models that the simulated providers bill and the shipped price book knows. */
export const models = {
  openai: "gpt-4o-mini",
  anthropic: "claude-haiku-4-5",
  gemini: "gemini-2.5-flash",
  openrouter: "openai/gpt-4o-mini",
  azure: "chat-prod",
  mistral: "ministral-8b-latest",
  groq: "openai/gpt-oss-120b",
  cohere: "command-a-03-2025",
  bedrock: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  ollama: "llama3.2:3b",
};

/** A prompt whose answer the provider bills far above any cap that these tests set, while its hold fits below it. */
export const dearPrompt = "Hello [[sim:inputTokens=10000000]]";

/** A prompt whose stream goes on until the client leaves. */
export const endlessPrompt = "Hello [[sim:outputTokens=20000,chunkDelayMs=20]]";

/** A prompt whose stream ends by itself, some seconds after its client has left. */
export const slowPrompt = "Hello [[sim:outputTokens=300,chunkDelayMs=10]]";

/** An input that no other call of this process has, to find a call on the bill whose response carries no id. */
export const unusualInput = (() => {
  const tokens = 1_000_000 + (randomBytes(4).readUInt32BE() % 1_000_000);
  return { tokens, directive: `[[sim:inputTokens=${tokens}]]` };
})();

/** A key that no tenant has. */
export const unknownKey = `sk-lmp-${"0".repeat(40)}`;

/** A tenant of its own with one key, and by option a cap, limits of the key, and the other node. */
export async function newTenant({ limitUsd, limits, at = { control } } = {}) {
  const tenant = { id: `n${randomBytes(6).toString("hex")}`, control: at.control };
  const path = `/api/v1/tenants/${tenant.id}`;
  await admin(tenant, "POST", "/api/v1/tenants", { id: tenant.id });
  if (limitUsd !== undefined) {
    await admin(tenant, "PUT", `${path}/budgets/main`, { scope: "tenant", window: "month", limitUsd });
  }

  const { key } = await admin(tenant, "POST", `${path}/keys`, { name: "sdk", ...(limits && { limits }) });
  return { ...tenant, key };
}

/** All records of a tenant, once there are `count`; there must not be more. */
export async function recordsOf(tenant, count) {
  const deadline = Date.now() + readableWithinMs;
  for (;;) {
    const { rows } = await admin(tenant, "GET", `/api/v1/usage/records?tenant=${tenant.id}&limit=1000`);
    assert.ok(rows.length <= count, `${rows.length} records of ${count} calls`);
    if (rows.length === count) {
      return rows;
    }

    assert.ok(Date.now() < deadline, `${rows.length} records after ${readableWithinMs} ms, expected ${count}`);
    await wait(50);
  }
}

/** Holds every record of a tenant against the provider's bill: each call once, each token class, each nano-USD. */
export async function assertBilled(tenant, count = 1) {
  const records = await recordsOf(tenant, count);
  const bill = await billById(records.map((record) => record.responseId));
  for (const record of records) {
    assert.deepEqual(meteredOf(record), billedOf(bill.get(record.responseId)));
    assert.ok(record.costNanoUsd > 0);
  }

  return records;
}

/** Marks a prompt with its tenant, to find the call on the bill where no response carries an id; see `assertMarkedBilled`. */
export const marked = (tenant, text) => `${text} [[call:${tenant.id}]]`;

/** As `assertBilled`, for prompts that are `marked`. */
export async function assertMarkedBilled(tenant, count = 1, outcome = "completed") {
  const records = await recordsOf(tenant, count);
  const isOurs = (entry) => entry.marker === tenant.id;
  const entries = (await readBill((lines) => lines.filter(isOurs).length >= count)).filter(isOurs);
  const inOrder = (items) => items.map((item) => JSON.stringify(item)).sort();
  assert.deepEqual(inOrder(records.map((record) => meteredOf(record, outcome))), inOrder(entries.map(billedOf)));
  return records;
}

/** A client that left: one record that says so and charges for what was delivered. */
export async function assertOneAbortedRecord(tenant) {
  const [record] = await recordsOf(tenant, 1);
  assert.equal(record.outcome, "client_aborted");
  assert.ok(record.costNanoUsd > 0);
  assert.ok(record.usage.inputTokens > 0);
  return record;
}

/** A client that left a provider which bills on: its marked call was read to the end, and costs what the provider bills. */
export const assertDrained = (tenant) => assertMarkedBilled(tenant, 1, "client_aborted");

/** How many calls of a tenant the proxy refused for a reason, as its metrics say. */
export async function refusalsOf(tenant, reason) {
  const text = await admin(tenant, "GET", "/metrics");
  return text
    .split("\n")
    .filter((line) => line.startsWith("llmeter_admission_refusals_total{"))
    .filter((line) => line.includes(`tenant="${tenant.id}"`) && line.includes(`reason="${reason}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.indexOf("}") + 1).trim().split(" ")[0]), 0);
}

/** The error that a call must end in. */
export async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }

  assert.fail("The call succeeded.");
}

/** The one line of the bill that matches. */
export async function billOf(matches) {
  const lines = await readBill((entries) => entries.some(matches));
  const found = lines.filter(matches);
  assert.equal(found.length, 1);
  return found[0];
}

function meteredOf(record, outcome = "completed") {
  assert.equal(record.outcome, outcome);
  assert.equal(record.source, "reported");
  return {
    uncached: record.usage.uncachedInputTokens,
    cached: record.usage.cacheReadTokens,
    cacheWrite5m: record.usage.cacheWrite5mTokens,
    cacheWrite1h: record.usage.cacheWrite1hTokens,
    output: record.usage.outputTokens,
    reasoning: record.usage.reasoningTokens,
    nanoUsd: record.costNanoUsd,
    stream: record.stream,
  };
}

function billedOf({ uncached, cached, cacheWrite5m, cacheWrite1h, output, reasoning, nanoUsd, stream }) {
  return { uncached, cached, cacheWrite5m, cacheWrite1h, output, reasoning, nanoUsd, stream };
}

async function billById(responseIds) {
  const wanted = new Set(responseIds);
  const lines = await readBill((entries) => entries.filter((entry) => wanted.has(entry.responseId)).length >= wanted.size);
  const found = lines.filter((entry) => wanted.has(entry.responseId));
  assert.equal(found.length, responseIds.length, `billed twice among ${responseIds}`);
  return new Map(found.map((entry) => [entry.responseId, entry]));
}

async function readBill(isComplete) {
  const deadline = Date.now() + readableWithinMs;
  for (;;) {
    const entries = (await readFile(billFile, "utf8")).split("\n").slice(0, -1).map((line) => JSON.parse(line));
    if (isComplete(entries)) {
      return entries;
    }

    assert.ok(Date.now() < deadline, "the bill lacks a call that the ledger has");
    await wait(50);
  }
}

async function admin(tenant, method, path, body) {
  const response = await fetch(tenant.control + path, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
}

function required(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set. These tests are run by tests/run.sh, or by dotnet test on this project.`);
  return value;
}
