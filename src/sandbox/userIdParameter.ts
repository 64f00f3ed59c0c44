import { jsObjectToPhp } from './jsObjectToPhp';
import { PhpArray, toInt, type PhpValue } from './php';

/**
 * Ids that Bitrix24 reads out of USER_ID. It cannot fail: whatever makes no positive id makes no
 * recipient, and the method answers `true` all the same. So "1,2" is person 1 alone.
 */
export function recipientsOf(userId: PhpValue | undefined): number[] {
  const value = typeof userId === 'string' ? jsObjectToPhp(userId) : userId;
  const ids = value instanceof PhpArray ? Array.from(value.values(), toInt) : [toInt(value)];
  return [...new Set(ids.filter((id) => id > 0))];
}
