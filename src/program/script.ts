/** The two files that the script runs: Node.js, or VS Code in its place, and the program. */
export interface ProgramFiles {
  node: string;
  main: string;
}

const header = 'Written by Bitrix24 Push for VS Code when a window starts. Changes are lost.';
const gone =
  'b24push: Bitrix24 Push for VS Code has been moved or removed. Open a VS Code window with it.';

/**
 * Returns the script `b24push` of this machine. Terminals name the files of their own VS Code in the environment;
 * hooks are started without it, so the files of the window that started last stand in the script.
 * `NODE_OPTIONS` is for the user's programs: with a debugger's in it, each call would start a debug session.
 */
export function shellScript({ node, main }: ProgramFiles): string {
  return `#!/bin/sh
# ${header}
node=${shellQuoted(node)}
main=${shellQuoted(main)}
if [ -x "\${B24PUSH_NODE-}" ] && [ -f "\${B24PUSH_MAIN-}" ]; then
  node=$B24PUSH_NODE
  main=$B24PUSH_MAIN
fi
if ! [ -x "$node" ] || ! [ -f "$main" ]; then
  # An agent takes any other code from its hook for an order.
  [ "\${1-}" = --hook ] && exit 0
  echo '${gone}' >&2
  exit 69
fi
if [ -n "\${NODE_OPTIONS-}" ]; then
  export B24PUSH_NODE_OPTIONS="$NODE_OPTIONS"
  unset NODE_OPTIONS
fi
ELECTRON_RUN_AS_NODE=1 exec "$node" "$main" "$@"
`;
}

/** Does the same for Windows, where \`%\` and quotes in arguments do not arrive as they were: texts come on stdin. */
export function windowsScript({ node, main }: ProgramFiles): string {
  return [
    '@echo off',
    `rem ${header}`,
    'setlocal',
    `set "node=${batchQuoted(node)}"`,
    `set "main=${batchQuoted(main)}"`,
    'if defined B24PUSH_NODE if exist "%B24PUSH_MAIN%" set "node=%B24PUSH_NODE%"',
    'if defined B24PUSH_NODE if exist "%B24PUSH_MAIN%" set "main=%B24PUSH_MAIN%"',
    'if exist "%node%" if exist "%main%" goto run',
    'if "%~1"=="--hook" exit /b 0',
    `echo ${gone} 1>&2`,
    'exit /b 69',
    ':run',
    'if defined NODE_OPTIONS set "B24PUSH_NODE_OPTIONS=%NODE_OPTIONS%"',
    'set NODE_OPTIONS=',
    'set ELECTRON_RUN_AS_NODE=1',
    '"%node%" "%main%" %*',
    '',
  ].join('\r\n');
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const batchQuoted = (text: string) => text.replaceAll('%', '%%');
