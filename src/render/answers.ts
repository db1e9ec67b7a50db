import { type Incident, senderOfSubject } from "../digest/incidents/incidents.ts";
import { plainText } from "./escape.ts";

/** The lines of the configuration's file, as YAML, that say whose a sender is. */
export function senderAnswer(said: "ours" | "not-ours", sender: string): string[] {
  return ["senders:", `  - ${said}: ${yamlText(sender)}`];
}

/** The lines of the configuration's file, as YAML, that mute an incident until a day. */
export function muteAnswer({ domain, subject, rule }: Incident["key"], until: string, reason: string): string[] {
  const name = rule === "key-broken" || rule === "dns" ? "key" : "sender";
  const about = subject === "" ? "" : `${name}: ${yamlText(senderOfSubject(subject))}, `;
  const mute = `domain: ${yamlText(domain)}, ${about}rule: ${rule}, until: ${until}, reason: ${yamlText(reason)}`;
  return ["mute:", `  - { ${mute} }`];
}

/** A string of YAML: JSON's are. */
function yamlText(text: string): string {
  return JSON.stringify(plainText(text, 200));
}
