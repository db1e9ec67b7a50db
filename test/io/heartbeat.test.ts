import { afterEach, beforeEach, expect, test } from "vitest";
import { sendHeartbeat } from "../../src/io/heartbeat.ts";
import { type Loopback, startLoopback } from "../servers/loopback.ts";

let monitor: Loopback;
let requests: string[] = [];
let status = 200;

beforeEach(async () => {
  [status, requests] = [200, []];
  monitor = await startLoopback(({ method, url }) => {
    requests.push(`${method} ${url.pathname}`);
    return { status, body: "OK" };
  });
});
afterEach(async () => await monitor.stop().catch(() => {}));

test("the monitor's address is fetched once", async () => {
  expect(await sendHeartbeat(`${monitor.url}/ping/secret-id`)).toEqual([]);
  expect(requests).toEqual(["GET /ping/secret-id"]);
});

test("a monitor that refuses is named by its host alone, since its address is a secret", async () => {
  status = 404;
  const [problem] = await sendHeartbeat(`${monitor.url}/ping/secret-id`);
  expect(problem).toMatch(/^Heartbeat to 127\.0\.0\.1:\d+: it answered with HTTP 404\. .*heartbeat-url/);
  expect(problem).not.toContain("secret-id");
});

test("a redirect is not followed", async () => {
  const asked = await startLoopback(() => ({ status: 302, headers: { location: `${monitor.url}/elsewhere` } }));
  const [problem] = await sendHeartbeat(`${asked.url}/ping/secret-id`);
  expect(problem).toMatch(/it answered with HTTP 302, a redirect, which is not followed\. .*heartbeat-url/);
  expect(requests).toEqual([]);
  await asked.stop();
});

test("a monitor that is not there is told, and one that does not answer is not waited for", async () => {
  const url = `${monitor.url}/ping/secret-id`;
  await monitor.stop();
  expect((await sendHeartbeat(url))[0]).toMatch(/it can't be reached\. /);
  const silent = await startLoopback(() => ({ status: 200 }));
  silent.next({ lost: "hang" });
  expect((await sendHeartbeat(`${silent.url}/x`, 50))[0]).toMatch(/no answer within 0\.05 s/);
  await silent.stop();
});
