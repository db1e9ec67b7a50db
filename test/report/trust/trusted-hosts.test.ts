import { expect, test } from "vitest";
import { parseTrustedHost, topmostAuthservId, trustedPresets } from "../../../src/report/trust/trusted-hosts.ts";
import { fieldOf } from "../field.ts";

test("the presets are those that the documentation names", () => {
  expect(trustedPresets).toEqual(["gmail", "microsoft365", "fastmail", "icloud", "proton", "zoho", "ses"]);
  for (const preset of trustedPresets) expect(parseTrustedHost(preset)?.setting).toBe(preset);
});

test.each([
  [" MX.Example.NET. ", "mx.example.net"],
  ["b\u00fccher.example", "xn--bcher-kva.example"],
  ["localhost", "localhost"],
])("the setting %j is the host %s", (setting, id) => {
  const host = parseTrustedHost(setting);
  expect(host?.setting).toBe(id);
  expect(host?.wrote(id)).toBe(true);
  expect(host?.wrote(id.toUpperCase())).toBe(true);
  expect(host?.wrote(undefined)).toBe(false);
});

test.each([
  ["mx.google.com", "gmail"],
  ["MX6.messagingengine.com", "fastmail"],
  ["spf.icloud.com", "icloud"],
])("an id of a preset, %s, stands for %s", (id, preset) => {
  expect(parseTrustedHost(id)?.setting).toBe(preset);
});

test.each(["", "*", "*.example.com", "a b", "mx.example.net;", "192.0.2.1", "/^mx/"])("%j is no setting", (setting) => {
  expect(parseTrustedHost(setting)).toBeUndefined();
});

test.each([
  ["mx.google.com; dmarc=pass", { authservId: "mx.google.com", setting: "gmail" }],
  ["MX12.messagingengine.com; none", { authservId: "MX12.messagingengine.com", setting: "fastmail" }],
  ["bimi.icloud.com; bimi=none", { authservId: "bimi.icloud.com", setting: "icloud" }],
  ["Mail.Example.net 1; none", { authservId: "Mail.Example.net", setting: "mail.example.net" }],
  ["spf=pass smtp.mailfrom=x.example; compauth=pass reason=100", { setting: "microsoft365" }],
  ["dkim=none header.d=none;dmarc=none action=none header.from=x.example;", {}],
  ["h\u043est.example; none", { authservId: "h?st.example" }],
  ["a<b>\u001b[31m; none", { authservId: "a<b>?[31m" }],
  [`${"a".repeat(300)}; none`, { authservId: "a".repeat(100) }],
  ["mx.example.net; (", { authservId: "mx.example.net", setting: "mx.example.net" }],
])("a mail with %j on top is of that host", (value, host) => {
  const fields = [
    fieldOf("Received", "x"),
    fieldOf("authentication-results", value),
    fieldOf("Authentication-Results", "other.example; none"),
  ];
  expect(topmostAuthservId(fields)).toEqual(host);
});

test("a mail without such a field is of no host", () => {
  expect(topmostAuthservId([fieldOf("ARC-Authentication-Results", "i=1; mx.example.net")])).toBeUndefined();
});
