/** The grammars that are read. JSX is allowed in all of JavaScript and TypeScript but `.ts`, where `<T>x` is a cast. */
export type Grammar = 'javascript' | 'typescript' | 'tsx' | 'php' | 'python';

/** The grammar of each language id of VS Code that is looked at. */
const grammars: Readonly<Record<string, Grammar>> = {
  javascript: 'javascript',
  javascriptreact: 'javascript',
  typescript: 'typescript',
  typescriptreact: 'tsx',
  php: 'php',
  python: 'python',
};

export const ownCallLanguages: readonly string[] = Object.keys(grammars);

export function grammarOf(languageId: string): Grammar | undefined {
  return Object.hasOwn(grammars, languageId) ? grammars[languageId] : undefined;
}

/** The method whose calls are judged. */
export const pushMethod = 'pull.application.push.add';

/** True for a text with which it is worth loading a parser. */
export function namesPush(text: string): boolean {
  return text.includes(pushMethod);
}
