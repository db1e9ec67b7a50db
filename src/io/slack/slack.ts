export { slackNotifier } from "./bot.ts";
export { slackWebhookNotifier } from "./webhook.ts";
