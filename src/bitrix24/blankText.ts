/** White space, control characters, what Unicode says to draw as nothing, and the blanks that fonts draw as nothing. */
const unseen = /^[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]*$/u;

/** True for a text in which nobody can see anything. */
export function isBlank(text: string): boolean {
  return unseen.test(text);
}
