/** The style of the phones' page. Notifications follow the light or dark theme, as on real phones. */
export const phonesStyle = `
.layout { display: grid; grid-template-columns: minmax(0, 1fr) 320px; min-height: 100vh; }
main { padding: 24px 28px 36px; min-width: 0; }
main > * + * { margin-top: 14px; }
.top { display: flex; justify-content: space-between; gap: 12px; align-items: flex-start; }
.links { display: flex; gap: 14px; white-space: nowrap; padding-top: 4px; }
.to-switches { display: none; }
.live { color: var(--muted); }
.live::before { content: ''; display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; border: 2px solid currentColor; }
.live.on::before { background: var(--good); border-color: var(--good); }
.latest { padding: 7px 12px; border-radius: 8px; background: var(--panel); border: 1px solid var(--line); font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere; }
.filter input { width: min(360px, 100%); }
#shown-count:empty { display: none; }
.filter, #shown-count, .empty { margin-bottom: 12px; }
.empty { color: var(--muted); }
.unknown { margin-bottom: 12px; padding: 8px 12px; border-radius: 8px; background: var(--note); border: 1px solid var(--note-line); color: var(--note-ink); overflow-wrap: anywhere; }
.unknown::after, .why::after { content: '\\a0 ◇' / ''; }

.phones { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(196px, calc(50% - 7px)), 1fr)); gap: 22px 18px; align-items: end; }
.phone { display: flex; flex-direction: column; min-width: 0; max-width: 296px; height: 100%; }
.phone header { display: flex; align-items: center; gap: 9px; margin: 0 2px 8px; flex: 1; }
.phone .who { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.phone h3 { font-size: 14px; line-height: 1.25; }
.phone .line { color: var(--muted); font-size: 12.5px; line-height: 1.3; }
.settings { padding: 0 7px 4px; border-color: transparent; background: none; line-height: 1.3; font-weight: 700; color: var(--muted); }
.tools { display: flex; flex-direction: column; align-items: center; }
.bell { padding: 0 4px; border-color: transparent; background: none; line-height: 1.5; white-space: nowrap; }
.bell:not(.some) { opacity: .55; }
.bell:not(.some):focus-visible { opacity: 1; }
.bell .count { margin-left: 2px; padding: 0 6px; border-radius: 99px; background: var(--bad); color: var(--panel); font-size: 11.5px; font-weight: 700; }
.bell .count:empty { display: none; }
.bell-list { margin-bottom: 8px; padding: 2px 10px; max-height: 236px; overflow-y: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--panel); font-size: 12.5px; line-height: 1.35; overflow-wrap: anywhere; }
.bell-list li, .bell-list > p { padding: 7px 0; }
.bell-list li + li { border-top: 1px solid var(--line); }
.bell-list .muted { font-size: 11.5px; }
.message-text { white-space: pre-wrap; }
.face { display: grid; place-items: center; width: 34px; height: 34px; border-radius: 50%; overflow: hidden; color: #fff; font-size: 12.5px; font-weight: 600; }
.face img, .avatar img { width: 100%; height: 100%; object-fit: cover; }
.hue-0 { background: #2563c9; } .hue-1 { background: #b3356b; } .hue-2 { background: #2e7d43; }
.hue-3 { background: #7250c4; } .hue-4 { background: #a65312; } .hue-5 { background: #1b7484; }

.case { padding: 6px; background: #14161a; box-shadow: 0 0 0 1px #3c4450, 0 6px 18px rgb(0 0 0 / .16); border-radius: 32px; }
.screen { position: relative; display: flex; flex-direction: column; height: 368px; overflow: hidden; border-radius: 27px; color: #fff; cursor: pointer; --glass: rgb(240 240 246 / .86); --glass-ink: #14181d; --glass-muted: #4a525c; }
.screen::after { content: ''; position: absolute; bottom: 6px; left: 32%; right: 32%; height: 4px; border-radius: 2px; background: rgb(255 255 255 / .8); pointer-events: none; }
.ios .screen { background: linear-gradient(168deg, #213a6b, #57397a 52%, #9c564c); }
.android .case { border-radius: 24px; }
.android .screen { border-radius: 19px; background: linear-gradient(168deg, #10433f, #17655a 55%, #a8863f); --glass: rgb(229 238 230 / .93); }
.none .screen, .dismissed .screen { background: linear-gradient(168deg, #24262a, #3c3e42 55%, #595b5f); }
.none .case { opacity: .82; border-radius: 24px; }
.none .screen { border-radius: 19px; }
.none .camera, .none .clock, .none .screen::after { visibility: hidden; }
.camera { position: absolute; background: #0a0b0d; }
.ios .camera { top: 8px; left: 50%; width: 62px; height: 17px; margin-left: -31px; border-radius: 9px; }
.android .camera { top: 9px; left: 50%; width: 11px; height: 11px; margin-left: -5.5px; border-radius: 50%; }
.clock { display: flex; flex-direction: column; padding: 32px 16px 14px; text-shadow: 0 1px 3px rgb(0 0 0 / .35); }
.time { font-size: 43px; font-weight: 300; line-height: 1; font-variant-numeric: tabular-nums; }
.date { font-size: 12px; }
.ios .clock { flex-direction: column-reverse; align-items: center; }

.pushes { flex: 1; min-height: 0; overflow-y: auto; padding: 0 9px 18px; scrollbar-width: thin; scrollbar-color: rgb(255 255 255 / .5) transparent; }
.group + .group { margin-top: 10px; }
.push { position: relative; display: flex; gap: 8px; padding: 8px 10px; background: var(--glass); color: var(--glass-ink); border-radius: 15px; font-size: 12.5px; line-height: 1.33; cursor: default; }
.android .push { border-radius: 19px; }
.push + .push { margin-top: 6px; }
.avatar { flex: none; display: grid; place-items: center; width: 30px; height: 30px; margin-top: 1px; border-radius: 8px; overflow: hidden; background: linear-gradient(135deg, #1179b8, #0b4f9e); color: #fff; font-weight: 700; font-size: 14px; line-height: 1; }
.android .avatar { border-radius: 50%; }
.content { flex: 1; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 6px; }
.sender { font-weight: 700; overflow: hidden; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
.push time { color: var(--glass-muted); font-size: 11px; white-space: nowrap; }
.text { grid-column: 1 / -1; white-space: pre-wrap; overflow-wrap: anywhere; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; }
.stacked .push + .push .text { -webkit-line-clamp: 2; }
.text.open, .stacked .push + .push .text.open { display: block; }
.text:empty::before { content: ' '; }
.cut { grid-column: 1 / -1; margin-top: 3px; padding-top: 3px; border-top: 1px dashed currentColor; font-size: 11px; color: var(--glass-muted); }
.push .more { grid-column: 1 / -1; justify-self: start; padding: 1px 0; border: 0; background: none; color: inherit; font-weight: 600; font-size: 11.5px; text-decoration: underline; }
.stack { position: relative; display: block; margin: 5px auto 0; padding: 2px 11px; border: 0; border-radius: 99px; background: rgb(16 18 24 / .74); color: #fff; font-size: 11.5px; }
.stack:hover { background: rgb(16 18 24 / .9); }
.push :focus-visible, .stack:focus-visible, .pushes:focus-visible { outline-color: currentColor; }
.ios .stacked .push:not([hidden]) { box-shadow: 0 6px 0 -3px rgb(240 240 246 / .42), 0 11px 0 -6px rgb(240 240 246 / .28); }
.ios .stacked .stack { margin-top: 15px; }
.fresh { animation: arrive .42s cubic-bezier(.2, .9, .3, 1.15); }
@keyframes arrive { from { opacity: 0; transform: translateY(-18px) scale(.94); } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
.note p { margin: 0 12px 20px; padding: 8px 10px; border-radius: 10px; background: rgb(14 14 18 / .8); color: #fff; font-size: 12.5px; line-height: 1.36; }
.note .quiet { background: none; text-align: center; color: #e3e6ea; }
@media (prefers-color-scheme: dark) {
  .screen { --glass: rgb(42 44 52 / .9); --glass-ink: #f4f5f7; --glass-muted: #bdc4cd; }
  .android .screen { --glass: rgb(30 41 38 / .94); }
  .ios .screen { background: linear-gradient(168deg, #162748, #3c2a57 52%, #6c3e38); }
  .android .screen { background: linear-gradient(168deg, #0b2f2c, #11483f 55%, #72602f); }
  .none .screen, .dismissed .screen { background: linear-gradient(168deg, #1b1d20, #2c2e31 55%, #434549); }
  .ios .stacked .push:not([hidden]) { box-shadow: 0 6px 0 -3px rgb(92 94 108 / .85), 0 11px 0 -6px rgb(92 94 108 / .55); }
}
.dismissed .push { opacity: .75; }

.requests { padding-top: 8px; }
.requests h2 { margin-bottom: 8px; }
.requests table { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 13px; }
.requests th, .requests td { padding: 7px 12px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.requests th { color: var(--muted); font-weight: 400; background: var(--panel-2); }
.requests th:nth-child(1) { width: 82px; } .requests th:nth-child(2) { width: 38%; } .requests th:nth-child(3) { width: 24%; }
.filters { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin-bottom: 10px; }
.filters input[type=search] { flex: 0 1 220px; }
.requests h3 { margin: 8px 0 2px; font-size: 12px; font-weight: 400; color: var(--muted); }
.caller { font-size: 12px; }
.ignored { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 3px; }
.ignored mark { padding: 0 6px; border: 1px solid var(--note-line); border-radius: 99px; background: var(--note); color: var(--note-ink); font-size: 12px; text-decoration: line-through; }
.copy { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin: 8px 0 4px; }
.copy textarea { width: 100%; padding: 8px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--panel-2); color: inherit; font: 12px/1.4 ui-monospace, SFMono-Regular, Consolas, "DejaVu Sans Mono", monospace; }
.requests td:first-child { font-variant-numeric: tabular-nums; white-space: nowrap; }
.requests tbody tr { border-top: 1px solid var(--line); }
.requests .good { color: var(--good); } .requests .bad { color: var(--bad); }
.fold { padding: 0; border: 0; background: none; text-align: left; overflow-wrap: anywhere; }
.fold:hover { background: none; text-decoration: underline; }
.fold::before { content: '▸' / ''; display: inline-block; width: 14px; color: var(--muted); }
.fold[aria-expanded=true]::before { content: '▾' / ''; }
.requests tbody .unfolded { border-top: 0; }
.requests td.happened { color: var(--muted); }
.requests pre { margin: 6px 0 2px; padding: 8px; max-height: 260px; overflow: auto; border-radius: 6px; background: var(--panel-2); font: 12px/1.4 ui-monospace, SFMono-Regular, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.nothing { padding: 10px 12px; }
abbr { text-decoration: none; margin-left: 4px; cursor: help; }
.tag.fault { color: var(--bad); border-color: currentColor; white-space: normal; }

aside { background: var(--panel); border-left: 1px solid var(--line); padding: 24px 20px 28px; position: sticky; top: 0; height: 100vh; overflow-y: auto; outline: none; }
aside > * + * { margin-top: 20px; }
aside h2 { margin-bottom: 8px; }
.row { display: grid; grid-template-columns: 84px minmax(0, 1fr); align-items: center; gap: 10px; margin-top: 8px; }
.warn { margin-top: 6px; color: var(--bad); font-size: 12.5px; }
.nav { display: flex; gap: 16px; margin-top: 10px; }
.switch { display: flex; justify-content: space-between; align-items: center; gap: 12px; padding: 5px 0; }
label.switch { cursor: pointer; }
.switch small { display: block; color: var(--muted); font-size: 12px; line-height: 1.3; overflow-wrap: anywhere; }
.switch button { padding: 2px 10px; }
input[role=switch] { appearance: none; flex: none; width: 36px; height: 20px; margin: 0; border-radius: 10px; background: var(--line-strong); cursor: pointer; position: relative; }
input[role=switch]::after { content: ''; position: absolute; top: 2px; left: 2px; width: 16px; height: 16px; border-radius: 50%; background: #fff; transition: transform .12s; }
input[role=switch]:checked { background: var(--accent); }
input[role=switch]:checked::after { transform: translateX(16px); }
@media (forced-colors: active) {
  input[role=switch] { appearance: auto; width: auto; height: auto; }
  input[role=switch]::after { content: none; }
  .push, .note p, .case { border: 1px solid; }
}
.buttons { display: flex; flex-wrap: wrap; gap: 7px; margin-top: 8px; }
#clock-now { font-variant-numeric: tabular-nums; }
.waiting { margin: 4px 0 8px; font-size: 12.5px; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.truth { font-size: 12.5px; }

dialog { width: min(360px, calc(100vw - 24px)); padding: 0; border: 1px solid var(--line); border-radius: 14px; background: var(--panel); color: var(--ink); box-shadow: 0 18px 50px rgb(0 0 0 / .35); }
dialog::backdrop { background: rgb(10 14 20 / .45); }
.sheet-in { padding: 18px 20px; }
.sheet-in > * + * { margin-top: 8px; }
dialog fieldset { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; padding: 0; border: 0; }
dialog .row { grid-template-columns: 104px minmax(0, 1fr); }
dialog legend { padding: 0; color: var(--muted); }
dialog fieldset label { cursor: pointer; }
dialog h2, dialog header p { overflow-wrap: anywhere; }
dialog .buttons { justify-content: flex-end; margin-top: 14px; }

@media (max-width: 880px) {
  .layout { grid-template-columns: minmax(0, 1fr); }
  main { padding: 18px 16px 24px; }
  aside { position: static; height: auto; border-left: 0; border-top: 1px solid var(--line); padding: 22px 16px 30px; }
  .to-switches { display: inline; }
  .requests th, .requests td { padding: 7px 8px; }
}
@media (max-width: 560px) {
  .phones { gap: 18px 12px; }
  .phone header { gap: 7px; }
  .face { width: 28px; height: 28px; font-size: 11px; }
  .pushes { padding: 0 6px 18px; }
  .push { padding: 7px 8px; gap: 7px; }
  .avatar { width: 24px; height: 24px; border-radius: 7px; font-size: 12px; }
  .time { font-size: 36px; }
  .requests table, .requests pre { font-size: 12px; }
  .requests thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .requests tbody, .requests table { display: block; }
  .requests tr { display: grid; grid-template-columns: 66px minmax(0, 1fr) minmax(0, 34%); }
  .requests td:nth-child(3) { text-align: right; }
  .requests td.happened { grid-column: 2 / -1; padding-top: 0; }
  .requests td.happened:empty { display: none; }
  .requests .unfolded { grid-template-columns: minmax(0, 1fr); }
  .filters input[type=search] { flex: 1 1 130px; }
}
`;
