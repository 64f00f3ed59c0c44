/** The whole way of a push, from the check to what becomes of it; loaded soon after the window, or with the first push. */
export { AcceptedStatus } from '../delivery/acceptedStatus';
export { createConfirmSecrets } from './confirmSecrets';
export { createConfirmSend } from './confirmSend';
export { createConfirmTwin } from './confirmTwin';
export { LeftOvers } from './leftOvers';
export { Outbox } from './outbox/outbox';
export { historyKeep, PushHistory } from './outbox/pushHistory';
export { createReaches } from './outbox/reaches';
export { WaitingPushes } from './outbox/waitingPushes';
export { PushRoad } from './pushRoad';
export { createResolveDepartments } from './resolveDepartments';
export { createResolvePeople } from './resolvePeople';
export { SecretCheck } from './secretCheck';
export { SendAndTell } from './sendAndTell';
