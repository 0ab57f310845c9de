package io.ashlar.itests.pax;

import org.junit.runner.RunWith;
import org.junit.runners.Suite;

/// One framework for all of these, in this order.
@RunWith(Suite.class)
@Suite.SuiteClasses({WiringTest.class, PolicySwapTest.class, DataPathSwapTest.class, PolicyUnloadTest.class})
public class LiveNodeSuite {}
