/**
 * The log of the extension; VS Code's LogOutputChannel fits it.
 * Messages are English and name methods, hosts, statuses and codes: never parameters, tokens or texts.
 */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
