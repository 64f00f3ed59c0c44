import type { Bench } from './benches';
export const benches: Bench[] = [];
