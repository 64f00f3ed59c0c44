import { visibleLine } from './plainText';

/** Text from elsewhere for a label of the workbench, where `$(name)` would be drawn as an icon. One line. */
export function plainLabel(text: string): string {
  return visibleLine(text).replaceAll('$(', '\\$(');
}
