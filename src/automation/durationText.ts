/** Writes a duration with its two greatest units, such as "1 min 12 sec" or "2 hr 5 min". */
export function durationText(ms: number, language: string): string {
  const seconds = Math.max(Math.round(ms / 1000), 0);
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(
      value,
    );
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts: [number, 'hour' | 'minute' | 'second'][] =
    hours > 0
      ? [
          [hours, 'hour'],
          [minutes, 'minute'],
        ]
      : [
          [minutes, 'minute'],
          [seconds % 60, 'second'],
        ];
  const told = parts.filter(([value]) => value > 0).map(([value, name]) => unit(value, name));
  return told.length > 0 ? told.join(' ') : unit(0, 'second');
}
