import { expect, test } from "vitest";
import { type CommandName, flagsOf } from "../../src/commands/help.ts";
import { parseFlags, UsageError } from "../../src/config/flags.ts";

const help = (command: string) => ` dmarc-digest ${command} --help says what it takes.`;

test.each<[string, [CommandName, ...string[]], string]>([
  ["an unknown flag of read", ["read", "--yaml", "a.xml"], `read knows no --yaml.${help("read")}`],
  ["a flag without its value", ["run", "--imap-host"], `--imap-host needs a value.${help("run")}`],
  ["a value of a switch", ["read", "--json=yes", "a.xml"], `--json takes no value, got "yes".${help("read")}`],
  ["an argument of run", ["run", "mailbox/"], `run takes flags alone, got "mailbox/".${help("run")}`],
  ["read without a path", ["read", "--json"], `read needs at least one file or folder, got none.${help("read")}`],
  ["verify of two folders", ["verify", "a", "b"], `verify needs one folder, or none for data, got 2.${help("verify")}`],
  ["an unknown flag of rebuild", ["rebuild", "--force"], `rebuild knows no --force.${help("rebuild")}`],
  ["replay of two folders", ["replay", "a", "b"], `replay needs one folder, or none for data, got 2.${help("replay")}`],
  ["sample without a folder", ["sample"], `sample needs one folder, got none.${help("sample")}`],
])("%s is refused in one line, with the command that says more", (_, [command, ...args], message) => {
  expect(() => parseFlags(command, args, flagsOf(command))).toThrow(new UsageError(message));
});
