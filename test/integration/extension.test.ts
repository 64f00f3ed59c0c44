import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/common/commands';

describe('the extension in VS Code', () => {
  it('registers every command of the catalogue', async () => {
    await vscode.extensions.getExtension('bitrix24-push.bitrix24-push')?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((id) => !registered.has(id)),
      [],
    );
  });
});
