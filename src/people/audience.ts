/** All that knows people: whom a push may go to, and what speaks against it. Loaded with the form, or the first push. */
export { DeliveryHints } from '../delivery/deliveryHints';
export { createDeliverySentence, deliverySummary, hintText } from '../delivery/hintText';
export { Departments } from './departments/departments';
export { Directories } from './directory/directories';
export { directoryFolder } from './directory/directoryFolder';
export { SavedGroups } from './groups';
export { PeopleSearch } from './peopleSearch';
export { RecentRecipients } from './recentRecipients';
export { RecipientPicker } from './recipientPicker';
