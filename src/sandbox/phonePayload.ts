import { encodeJsonUnicode, type Json } from './phpJson';
import { phpDate } from './php';

/**
 * This file rebuilds the JSON that the server sends to the services of Apple and Google, to know which
 * part of a text fits into 4,096 bytes. Source: docs/bitrix24.md, section 5; pull/lib/push/message.
 */

const MAX_PAYLOAD_BYTES = 4096;

export interface PushContent {
  clientId: string;
  appName: string;
  text: string;
  avatar: string;
  /** Unix ms. */
  time: number;
}

export interface ShownText {
  text: string;
  cut: boolean;
  /** true if nothing is shown, because the cut split a character or left no space for text. */
  lost: boolean;
}

/** Cuts a text as the server does for Apple: by bytes, always one byte too many. Line breaks of a cut text become spaces. */
export function shownOnIos(content: PushContent): ShownText {
  let bytes = Buffer.from(content.text, 'utf8');
  let cut = false;
  for (;;) {
    const text = bytes.toString('utf8');
    // PHP's json_encode fails on half a character, and the server then sends nothing.
    if (!Buffer.from(text, 'utf8').equals(bytes)) {
      return { text: text.replace(/\ufffd+$/, ''), cut, lost: true };
    }
    const excess = Buffer.byteLength(applePayload(content, text)) - MAX_PAYLOAD_BYTES;
    if (excess <= 0) {
      return { text: cut ? oneLine(text) : text, cut, lost: false };
    }
    cut = true;
    if (bytes.length - excess <= 1) {
      return { text: '', cut, lost: true };
    }
    bytes = bytes.subarray(0, bytes.length - excess - 1);
  }
}

/** Cuts a text as the server does for Google, Firebase and Huawei: by characters. */
export function shownOnAndroid(content: PushContent): ShownText {
  let text = content.text;
  let cut = false;
  for (;;) {
    const excess = Buffer.byteLength(googlePayload(content, text)) - MAX_PAYLOAD_BYTES;
    if (excess <= 0) {
      return { text, cut, lost: false };
    }
    cut = true;
    const room = Buffer.byteLength(text) - excess;
    if (room <= 0) {
      return { text: '', cut, lost: true };
    }
    text = firstCharacters(text, room);
  }
}

function firstCharacters(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) {
      break;
    }
    end += character.length;
  }
  return text.slice(0, end);
}

function oneLine(text: string): string {
  return text.replace(/\r\n|\r|\n/g, ' ');
}

const TARGET = '0'.repeat(32);

/**
 * Its length makes the payloads around an empty text as long as the real ones: 288 bytes for Apple and 620
 * for Firebase, with an application name of 17 letters and a client id of 29.
 */
const DEVICE_TOKEN = '0'.repeat(80);

function serverTime(time: number): Json {
  return {
    server_time: phpDate(time),
    // PHP's microtime(true) usually has five decimals.
    server_time_unix: Math.floor(time / 1000) + 0.12345,
  };
}

function applePayload(content: PushContent, text: string): string {
  return encodeJsonUnicode({
    aps: {
      alert: { body: text, title: content.appName },
      'mutable-content': 1,
      badge: 1,
    },
    params: '[]',
    group: content.clientId,
    avatarUrl: content.avatar,
    extra: serverTime(content.time),
    target: TARGET,
  });
}

function googlePayload(content: PushContent, text: string): string {
  const messageParams = encodeJsonUnicode({
    senderName: content.appName,
    senderMessage: text,
    avatarUrl: content.avatar,
    group: content.clientId,
    extra: serverTime(content.time),
    params: '[]',
    target: TARGET,
  });
  return encodeJsonUnicode({
    message: {
      token: DEVICE_TOKEN,
      android: { priority: 'high', ttl: '43200s' },
      data: { contentText: '', badge: '1', messageParams },
    },
  });
}
