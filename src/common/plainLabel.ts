import { visibleLine } from './plainText';

/** Makes text from elsewhere a one-line label of the workbench, which would draw `$(name)` as an icon. */
export function plainLabel(text: string): string {
  return visibleLine(text).replaceAll('$(', '\\$(');
}
