/** All that knows people: whom a push may go to, and what speaks against it. Loaded with the form, or the first push. */
export { createDeliverySentence } from '../delivery/confirmHints';
export { DeliveryFacts } from '../delivery/deliveryFacts';
export { deliverySummary, hintWords } from '../delivery/hintWords';
export { Departments } from './departments/departments';
export { Directories } from './directory/directories';
export { directoryFolder } from './directory/directoryFolder';
export { SavedGroups } from './groups';
export { PeopleSearch } from './peopleSearch';
export { RecentRecipients } from './recentRecipients';
export { RecipientPicker } from './recipientPicker';
