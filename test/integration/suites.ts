/** All integration suites. A unit test compares this list with the files beside it. */
import './extension.test';
