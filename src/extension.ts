import * as vscode from 'vscode';
import { commands } from './common/commands';

export function activate(context: vscode.ExtensionContext): void {
  for (const id of Object.values(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, () => undefined));
  }
}
