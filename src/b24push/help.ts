import type { CompletionShell } from './commandLine';

export const help = `b24push sends a push to your phone through Bitrix24, by a VS Code window that is open.

  b24push "Version 2.4.1 is out"            a push to yourself
  make 2>&1 | tail -3 | b24push             the text comes on standard input
  b24push --wait -- make all                runs the command, then tells its name, result and duration
  b24push --to "Release team" "It is out"   a push to others; VS Code asks you before it leaves
  b24push mcp                               tools for coding agents, by the Model Context Protocol
  b24push --hook AGENT [EVENT]              what coding agents call; it says nothing and exits with 0

  --to WHO                  a name, an id, an address or group:NAME; can be repeated
  --wait                    the command stands behind two dashes; its exit code is passed on
  --sync                    waits for what Bitrix24 says
  -q, --quiet               says nothing if all went well
  --print-completion SHELL  for bash, zsh or fish
  -h, --help  --version

Pushes to yourself need your yes once: run "Bitrix24: Reach Me on My Phone" in VS Code.

Exit codes: 0 accepted or queued, 3 refused, 4 unknown (it may arrive), 5 you said no, 64 wrong usage,
69 no VS Code window to talk to. With --wait, the exit code is the command's.
`;

const words = '--to --wait --sync --quiet --hook --print-completion --help --version';
const agents = 'claude codex gemini copilot opencode qwen';

/** What a shell reads at its start, e.g. by `eval "$(b24push --print-completion bash)"`. */
export const completions: Record<CompletionShell, string> = {
  bash: `_b24push() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      if declare -F _command_offset >/dev/null; then _command_offset $((at + 1)); fi
      return
    fi
  done
  case $before in
    --hook) COMPREPLY=($(compgen -W '${agents}' -- "$word")) ;;
    --print-completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")) ;;
    --to) COMPREPLY=() ;;
    *) COMPREPLY=($(compgen -W '${words} mcp' -- "$word")) ;;
  esac
}
complete -F _b24push b24push
`,
  zsh: `#compdef b24push
_b24push() {
  _arguments -S \\
    '*--to[a name, an id, an address or group:NAME]:who:' \\
    '--wait[run a command and tell how it ended]' \\
    '--sync[wait for what Bitrix24 says]' \\
    '(-q --quiet)'{-q,--quiet}'[say nothing if all went well]' \\
    '--hook[what coding agents call]:agent:(${agents})' \\
    '--print-completion[print completions for a shell]:shell:(bash zsh fish)' \\
    '(-h --help)'{-h,--help}'[show help]' \\
    '--version[show the version]' \\
    '*::text or command:_normal'
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _b24push "$@"; else compdef _b24push b24push; fi
`,
  fish: `complete -c b24push -f
complete -c b24push -l to -x -d 'A name, an id, an address or group:NAME'
complete -c b24push -l wait -d 'Run a command and tell how it ended'
complete -c b24push -l sync -d 'Wait for what Bitrix24 says'
complete -c b24push -s q -l quiet -d 'Say nothing if all went well'
complete -c b24push -l hook -x -a '${agents}' -d 'What coding agents call'
complete -c b24push -l print-completion -x -a 'bash zsh fish' -d 'Print completions for a shell'
complete -c b24push -s h -l help -d 'Show help'
complete -c b24push -l version -d 'Show the version'
complete -c b24push -n 'contains -- -- (commandline -opc)' -x -a '(__fish_complete_subcommand --fcs-skip=3)'
`,
};
