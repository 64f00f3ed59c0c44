/** The style that all pages of the sandbox share: colours, text, buttons, fields. */
export const baseStyle = `
:root {
  color-scheme: light dark;
  --back: #edf1f6; --panel: #ffffff; --panel-2: #f7f9fb; --line: #d5dde7; --line-strong: #8593a5;
  --ink: #1b2733; --muted: #566579; --accent: #0b6fb8; --on-accent: #ffffff;
  --good: #11753a; --bad: #b3261e; --note: #fff6dd; --note-line: #e5c76b; --note-ink: #4d3b00;
  --bad-back: #fdecea; --good-back: #e6f5ea;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14181e; --panel: #1c222a; --panel-2: #222a33; --line: #323c48; --line-strong: #758497;
    --ink: #e7edf4; --muted: #a3b1c1; --accent: #5bb8f5; --on-accent: #07202f;
    --good: #6fd08f; --bad: #ff958b; --note: #352c12; --note-line: #7c6726; --note-ink: #f5e2a8;
    --bad-back: #3a1d1b; --good-back: #17301f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--ink); font: 14px/1.45 var(--font); }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 22px; line-height: 1.25; }
h2 { font-size: 15px; line-height: 1.3; }
ul, ol { list-style: none; }
a { color: var(--accent); }
code, .code { font-family: ui-monospace, SFMono-Regular, Consolas, "DejaVu Sans Mono", monospace; font-size: .93em; }
button, input, select { font: inherit; color: inherit; }
button, .button {
  display: inline-block; padding: 5px 11px; border: 1px solid var(--line); border-radius: 7px;
  background: var(--panel); color: var(--ink); cursor: pointer; text-decoration: none;
}
button:hover, .button:hover { border-color: var(--line-strong); background: var(--panel-2); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.primary:hover { filter: brightness(1.08); }
input[type=text], input[type=url], input[type=search], input[type=password], select {
  min-width: 0; padding: 5px 9px; border: 1px solid var(--line-strong); border-radius: 7px; background: var(--panel);
}
input[type=checkbox], input[type=radio] { accent-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted { color: var(--muted); }
.tag {
  display: inline-block; padding: 0 7px; border: 1px solid var(--line); border-radius: 99px;
  color: var(--muted); font-size: 12px; white-space: nowrap;
}
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.message { padding: 9px 13px; border-radius: 8px; overflow-wrap: anywhere; }
.message.good { background: var(--good-back); color: var(--good); }
.message.bad { background: var(--bad-back); color: var(--bad); }
.sheet { max-width: 760px; margin: 0 auto; padding: 28px 16px 48px; }
.sheet.wide { max-width: 1040px; }
.sheet > * + * { margin-top: 16px; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.crumbs { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; }
`;
