package io.ashlar.itests.pax;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ashlar.access.VolumeAccess;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.extent.ExtentManager;
import io.ashlar.meta.MetaStore;
import io.ashlar.ops.HealthService;
import io.ashlar.store.ChunkStore;
import io.ashlar.volume.VolumeManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerSuite;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/// Everything that the features bring is resolved, started and satisfied.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerSuite.class)
public class WiringTest {

    /// Components that are only there when an operator configures them.
    private static final Set<String> WAIT_FOR_A_CONFIGURATION = Set.of("io.ashlar.alloc.even.EvenPolicy");

    @Test
    public void everyBundleIsActiveAndEveryFragmentResolved() {
        var wrong = new TreeSet<String>();
        for (var bundle : Live.context().getBundles()) {
            boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                wrong.add(bundle.getSymbolicName() + " is in state " + bundle.getState());
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    public void everyComponentIsSatisfiedOrWaitsForAConfigurationOnPurpose() {
        var runtime = Live.service(ServiceComponentRuntime.class);
        Live.await(
                () -> "components: " + unsatisfied(runtime),
                () -> unsatisfied(runtime).isEmpty());
        var waiting = new TreeSet<String>();
        for (var component : ours(runtime)) {
            if (runtime.getComponentConfigurationDTOs(component).isEmpty()) {
                waiting.add(component.name);
            }
        }
        assertEquals(WAIT_FOR_A_CONFIGURATION, waiting);
        assertTrue("too few components: " + ours(runtime).size(), ours(runtime).size() > 15);
    }

    private static List<ComponentDescriptionDTO> ours(ServiceComponentRuntime runtime) {
        return runtime.getComponentDescriptionDTOs().stream()
                .filter(component -> component.name.startsWith("io.ashlar."))
                .toList();
    }

    private static List<String> unsatisfied(ServiceComponentRuntime runtime) {
        var wrong = new ArrayList<String>();
        for (var component : ours(runtime)) {
            for (var configuration : runtime.getComponentConfigurationDTOs(component)) {
                boolean good = configuration.state == ComponentConfigurationDTO.ACTIVE
                        || configuration.state == ComponentConfigurationDTO.SATISFIED;
                if (!good && !WAIT_FOR_A_CONFIGURATION.contains(component.name)) {
                    wrong.add(component.name + " in state " + configuration.state + " " + configuration.failure);
                }
            }
        }
        return wrong;
    }

    @Test
    public void theServicesOfEveryLayerAreThere() throws InvalidSyntaxException {
        for (var type : List.of(
                VolumeManager.class,
                ExtentManager.class,
                ChunkManager.class,
                MetaStore.class,
                PlacementEngine.class,
                ProvisionEngine.class,
                VolumeAccess.class,
                HealthService.class)) {
            Live.service(type);
        }
        Live.await(() -> "three chunk stores", () -> stores() == 3);
    }

    private static int stores() {
        try {
            return Live.context().getServiceReferences(ChunkStore.class, null).size();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    public void healthBecomesReady() {
        var health = Live.service(HealthService.class);
        Live.await(() -> "health: " + health.status(), () -> health.status().ready());
        assertEquals(3, health.status().chunksServing());
        assertEquals(List.of(), health.status().problems());
    }
}
