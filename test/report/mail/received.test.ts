import { expect, test } from "vitest";
import { parseReceived } from "../../../src/report/mail/received.ts";

test.each([
  ["by mx.example.net; Thu, 19 Nov 2026 11:12:13 +0100 (CET)", "2026-11-19T10:12:13Z"],
  ["by mx.example.net;\r\n\tThu, 19 Nov 2026 02:12:13 -0800", "2026-11-19T10:12:13Z"],
  ["by mx.example.net (a;b); 1 Mar 2026 00:00 GMT", "2026-03-01T00:00:00Z"],
  ["by mx.example.net; Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"],
  ["by mx.example.net; 28 Sep 2026 04:48:45 EST", "2026-09-28T09:48:45Z"],
])("%j was received at %s", (field, received) => {
  expect(parseReceived(field)).toBe(received);
});

test.each([
  "by mx.example.net",
  "by mx.example.net; yesterday",
  "by mx.example.net; 31 Feb 2026 00:00:00 +0000",
  "by mx.example.net; 1 Foo 2026 00:00:00 +0000",
  "by mx.example.net; 1 Mar 2026 00:00:00",
  "by mx.example.net; 1 Mar 2026 25:00:00 +0000",
  "by mx.example.net; 1 Mar 2026 00:00:00 XYZ",
  "by mx.example.net; 31 Dec 9999 23:59:59 -0100",
])("%j has no date", (field) => {
  expect(parseReceived(field)).toBeUndefined();
});
