import { expect, test } from "vitest";
import { makeRunPlace, putReport, runAt } from "./place.ts";

/* Mail that passes as a sender that is not known: a person says whose it is. */

const now = "2026-11-20T09:00:00Z";

async function digestWith(inputs: Record<string, string>) {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, signer: "crm.vendor.example" });
  return (await runAt(place, now, inputs)).digest;
}

test("what nobody has said of is a part of its own, and no reason to act", async () => {
  const { verdict, fail } = await digestWith({});
  expect(fail.unknown.messages).toBe(100);
  expect(verdict).not.toBe("act");
});

test("what is ours asks to act where it is rejected", async () => {
  const { verdict, fail } = await digestWith({ senders: "ours: crm.vendor.example" });
  expect(fail.own).toMatchObject({ messages: 100, rejected: 100 });
  expect(verdict).toBe("act");
});

test("what is not ours is spoofing", async () => {
  const { verdict, fail } = await digestWith({ senders: "not-ours: crm.vendor.example" });
  expect(fail.spoofed.messages).toBe(100);
  expect(verdict).toBe("ok");
});

test("a line that says nothing is refused with an example", async () => {
  await expect(digestWith({ senders: "theirs: example.net" })).rejects.toThrow(
    "Input senders must be lines such as ours: crm.vendor.example or not-ours: 192.0.2.0/24",
  );
});
