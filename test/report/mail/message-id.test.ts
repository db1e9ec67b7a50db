import { expect, test } from "vitest";
import { messageIdOf } from "../../../src/report/mail/message-id.ts";

test.each([
  ["a field", "From: a@example.net\r\nMessage-ID: <1@example.net>\r\n\r\nbody", "<1@example.net>"],
  ["a folded field", "Message-Id:\r\n <1@example.net>\r\nTo: b@example.com\r\n\r\n", "<1@example.net>"],
  ["a mail of an mbox", "From x\nMESSAGE-ID: <1@example.net>\n\n", "<1@example.net>"],
  ["none", "From: a@example.net\n\nMessage-ID: <in-the-body@example.net>\n", undefined],
  ["something else", "Message-ID: <a b@example.net>\n\n", undefined],
  ["a second line", "Message-ID: <a@example.net>\n\t=cmd()\n\n", undefined],
  ["too much", `Message-ID: <${"a".repeat(300)}@example.net>\n\n`, undefined],
  ["a bare file", "<?xml version='1.0'?>\nMessage-ID: <1@example.net>\n", undefined],
  ["nothing", "", undefined],
])("the Message-ID of a mail with %s", (_, text, expected) => {
  expect(messageIdOf(Buffer.from(text))).toBe(expected);
});
