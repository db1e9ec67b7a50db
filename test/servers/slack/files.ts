import type { LoopbackReply } from "../loopback.ts";
import { accepted, refused, type SlackMethod } from "./answer.ts";
import { type Fields, fieldsOf } from "./body.ts";
import { channelTrouble } from "./chat.ts";
import type { StoredFile, Workspace } from "./workspace.ts";

/**
 * The methods `files.*`.
 *
 * @see https://docs.slack.dev/messaging/working-with-files
 */
export function fileMethods(
  { channels, messages, files }: Workspace,
  { scopes, uploadUrl }: { scopes: string[]; uploadUrl: (id: string) => string },
): Record<string, SlackMethod> {
  function open({ filename, length }: Fields): LoopbackReply {
    // "Typically only occurs when the length provided is 0."
    if (!/^[1-9]\d*$/.test(String(length)) || typeof filename !== "string") return refused("missing_argument");
    const id = `F${String(files.length + 1).padStart(10, "0")}`;
    files.push({ id, name: filename, length: Number(length) });
    return accepted({ upload_url: uploadUrl(id), file_id: id });
  }

  function complete(fields: Fields): LoopbackReply {
    const { channel_id: channelId, thread_ts: threadTs, files: wanted } = fields;
    if (!Array.isArray(wanted) || wanted.length === 0) return refused("invalid_arguments");
    const shared = wanted.map((item) => ({ item: fieldsOf(item), file: fileOf(fieldsOf(item).id) }));
    const channel = channels.find(({ id }) => id === channelId);
    if (channelId !== undefined && channel === undefined) return refused("invalid_channel");
    const trouble = channel === undefined ? undefined : channelTrouble(channel, scopes);
    if (trouble !== undefined) return trouble;
    const isThread = messages.some((message) => message.channel === channel?.id && message.ts === threadTs);
    if (threadTs !== undefined && !isThread) return refused("invalid_arguments");
    for (const { item, file } of shared) {
      if (file?.content === undefined || file.title !== undefined) return refused("file_not_found");
      file.title = typeof item.title === "string" ? item.title : file.name;
      if (channel !== undefined) file.channel = channel.id;
      if (typeof threadTs === "string") file.threadTs = threadTs;
    }
    return accepted({ files: shared.map(({ file }) => ({ id: file?.id, title: file?.title })) });
  }

  function fileOf(id: unknown): StoredFile | undefined {
    return files.find((file) => file.id === id);
  }

  return {
    "files.getUploadURLExternal": { scope: "files:write", answer: open },
    "files.completeUploadExternal": { scope: "files:write", answer: complete },
  };
}

/** Takes the bytes of a file at the URL that it was given. */
export function takeUpload({ files }: Workspace, id: string, content: unknown): LoopbackReply {
  const file = files.find((opened) => opened.id === id);
  if (file === undefined || typeof content !== "string") return { status: 404, body: "not found" };
  if (Buffer.byteLength(content) !== file.length) return { status: 400, body: "length does not match" };
  file.content = content;
  return { status: 200, body: `OK - ${file.length}` };
}
