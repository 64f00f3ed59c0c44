import { DocumentSymbol, FoldingRange, FoldingRangeKind, SymbolKind, l10n } from 'vscode';
import type { DocumentSymbolProvider, FoldingRangeProvider, TextDocument } from 'vscode';
import { rangeOf } from './diagnosticPublisher';
import { parsePushFile } from './pushFile';

/** Lists the variables and pushes of a file, and folds pushes and what stands above them. */
export class FileOutline implements DocumentSymbolProvider, FoldingRangeProvider {
  provideDocumentSymbols(document: TextDocument): DocumentSymbol[] {
    const { variables, pushes } = parsePushFile(document.getText());
    return [
      ...variables.map(
        ({ name, value }) =>
          new DocumentSymbol(
            name.text,
            value.text,
            SymbolKind.Variable,
            rangeOf(document, { start: name.start - 1, end: Math.max(value.end, name.end) }),
            rangeOf(document, name),
          ),
      ),
      ...pushes.map(
        (push, index) =>
          new DocumentSymbol(
            push.title.text || l10n.t('Push {0}', index + 1),
            push.to.map(({ text }) => text).join(', '),
            SymbolKind.Event,
            rangeOf(document, push),
            rangeOf(document, push.heading),
          ),
      ),
    ];
  }

  provideFoldingRanges(document: TextDocument): FoldingRange[] {
    const { pushes } = parsePushFile(document.getText());
    const lastWritten = (from: number, until: number) => {
      let line = until;
      while (line > from && document.lineAt(line).isEmptyOrWhitespace) {
        line -= 1;
      }
      return line;
    };
    const lineOf = (offset: number) => document.positionAt(offset).line;
    const top = pushes[0] ? lineOf(pushes[0].start) - 1 : -1;
    const above =
      top > 0 ? [new FoldingRange(0, lastWritten(0, top), FoldingRangeKind.Region)] : [];
    const folds = pushes.map(({ start, end }) => {
      const line = lineOf(start);
      return new FoldingRange(line, lastWritten(line, lineOf(end)));
    });
    return [...above, ...folds].filter(({ start, end }) => end > start);
  }
}
