/** Inputs or a file that are not as they must be; one line for each of them. */
export class ConfigError extends Error {
  override name = "ConfigError";
}
