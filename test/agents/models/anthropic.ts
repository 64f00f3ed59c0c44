import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { modelServer } from './modelServer';
import type { ModelServer } from './modelServer';
import { newScript } from './script';

const block = v.looseObject({
  type: v.string(),
  text: v.optional(v.string()),
  name: v.optional(v.string()),
});
const request = v.looseObject({
  model: v.string(),
  stream: v.optional(v.boolean()),
  messages: v.array(
    v.looseObject({ role: v.string(), content: v.union([v.string(), v.array(block)]) }),
  ),
  tools: v.optional(v.array(v.looseObject({ name: v.string() }))),
});
type Message = v.InferOutput<typeof request>['messages'][number];

const blocks = ({ content }: Message) =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;
const isResult = (message: Message) => blocks(message).some(({ type }) => type === 'tool_result');
/** Agents add reminders to what their user says. */
const textOf = (message: Message) =>
  blocks(message)
    .map((part) => (part.type === 'text' ? (part.text ?? '') : ''))
    .join('\n')
    .replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
    .trim();

/** Anthropic's Messages API. */
export function anthropicModel(): Promise<ModelServer> {
  const replyTo = newScript();
  return modelServer(({ method, url = '' }, body, out) => {
    if (method !== 'POST' || !url.includes('/v1/messages')) {
      out.json({}, method === 'HEAD' ? 200 : 404);
      return;
    }
    if (url.includes('count_tokens')) {
      out.json({ input_tokens: 100 });
      return;
    }
    const { model, stream, messages, tools = [] } = v.parse(request, body);
    const last = messages.at(-1)!;
    const start = messages.findLastIndex(
      (one) => one.role === 'user' && !isResult(one) && textOf(one) !== '',
    );
    const reply = replyTo({
      prompt: start < 0 ? '' : (textOf(messages[start]!).split('\n').at(-1) ?? ''),
      isAfterTool: isResult(last),
      tools: tools.map(({ name }) => name),
      called: messages
        .slice(start)
        .flatMap((one) =>
          blocks(one).flatMap((part) => ('name' in part && part.name ? [part.name] : [])),
        ),
    });
    if (reply.kind === 'error') {
      const error = { type: 'invalid_request_error', message: 'The script says so.' };
      out.json({ type: 'error', error }, reply.status);
      return;
    }
    const usage = { input_tokens: 10, output_tokens: 5 };
    const content =
      reply.kind === 'tools'
        ? reply.calls.map((call) => ({ type: 'tool_use', id: `toolu_${randomUUID()}`, ...call }))
        : [{ type: 'text', text: reply.text }];
    const stop_reason = reply.kind === 'tools' ? 'tool_use' : 'end_turn';
    const message = {
      ...{ id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model, usage },
      ...{ content, stop_reason, stop_sequence: null },
    };
    if (stream !== true) {
      out.json(message);
      return;
    }
    const event = (type: string, data: object) => ({ name: type, data: { type, ...data } });
    const blockEvents = (one: (typeof content)[number], index: number) => [
      event('content_block_start', {
        ...{ index, content_block: 'input' in one ? { ...one, input: {} } : { ...one, text: '' } },
      }),
      event('content_block_delta', {
        index,
        delta:
          'input' in one
            ? { type: 'input_json_delta', partial_json: JSON.stringify(one.input) }
            : { type: 'text_delta', text: one.text },
      }),
      event('content_block_stop', { index }),
    ];
    out.stream([
      event('message_start', { message: { ...message, content: [], stop_reason: null } }),
      ...content.flatMap(blockEvents),
      event('message_delta', { delta: { stop_reason }, usage: { output_tokens: 5 } }),
      event('message_stop', {}),
    ]);
  });
}
