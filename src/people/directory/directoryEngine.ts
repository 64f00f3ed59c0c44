/** What reading, keeping and searching a portal's people takes: a part of its own, loaded when first needed. */
export { readEverybody, removeReadings } from './directoryReader';
export { PeopleDirectory } from './peopleDirectory';
export { buildPeopleTable, PeopleTable } from './peopleTable';
export { DamagedFile } from './sections';
