package io.ashlar.alloc.engine;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ObjectName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policies of one SPI: per name all instances, newest first, in one immutable map that is replaced as a whole.
/// Readers do not lock and never see a name half changed; a removal takes out the instance that left and no other.
final class PolicyRegistry<P> {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyRegistry.class);

    private final String spi;
    private final String nameProperty;
    private volatile Map<String, List<PolicyInstance<P>>> byName = Map.of();

    /// @param spi as in [PolicyInfo#spi()]
    /// @param nameProperty the service property that holds the policy's name
    PolicyRegistry(String spi, String nameProperty) {
        this.spi = spi;
        this.nameProperty = nameProperty;
    }

    String spi() {
        return spi;
    }

    /// @param reservedName of the built-in default, which no bundle may take
    /// @return the instance to be tried and then [#add]ed; empty (with a warning) where the service has no usable name
    Optional<PolicyInstance<P>> instanceOf(
            ServiceReference<P> reference, P policy, String reservedName, int maxStrikes) {
        Object name = reference.getProperty(nameProperty);
        var bundle = reference.getBundle();
        if (bundle == null) {
            return Optional.empty(); // unregistered in the meantime
        }
        var problem = name instanceof String text ? ObjectName.problem(text) : Optional.of("it is not a text");
        if (problem.isPresent() || reservedName.equals(name)) {
            LOG.warn(
                    "{} policy of bundle {} is not used: property {}: {}",
                    spi,
                    bundle.getSymbolicName(),
                    nameProperty,
                    problem.orElse("the name '" + reservedName + "' is that of the built-in policy"));
            return Optional.empty();
        }
        int ranking = reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer rank ? rank : 0;
        return Optional.of(new PolicyInstance<>(
                (String) name, bundle.getVersion(), ranking, serviceId(reference), policy, maxStrikes));
    }

    synchronized void add(PolicyInstance<P> instance) {
        var next = new TreeMap<>(byName);
        var instances = new ArrayList<>(next.getOrDefault(instance.name(), List.of()));
        instances.removeIf(other -> other.serviceId() == instance.serviceId());
        instances.add(instance);
        instances.sort(PolicyInstance.NEWEST_FIRST);
        next.put(instance.name(), List.copyOf(instances));
        byName = next;
        LOG.info("{} policy {} is here", spi, instance.label());
    }

    synchronized void remove(ServiceReference<P> reference) {
        long id = serviceId(reference);
        var next = new TreeMap<String, List<PolicyInstance<P>>>();
        byName.forEach((name, instances) -> {
            var rest = instances.stream()
                    .filter(instance -> instance.serviceId() != id)
                    .toList();
            if (rest.size() < instances.size()) {
                LOG.info("{} policy {} has left, {} version(s) remain", spi, name, rest.size());
            }
            if (!rest.isEmpty()) {
                next.put(name, rest);
            }
        });
        byName = next;
    }

    /// Who serves a name at one moment.
    ///
    /// @param instance the newest that is fit to serve, if any
    /// @param whyNot why there is none
    record Found<P>(Optional<PolicyInstance<P>> instance, String whyNot) {}

    Found<P> find(String name) {
        var instances = byName.getOrDefault(name, List.of());
        var serving = serving(instances);
        if (serving.isPresent()) {
            return new Found<>(serving, "");
        }
        return new Found<>(
                Optional.empty(),
                instances.isEmpty()
                        ? "policy " + ObjectName.printable(name) + " is not here"
                        : "policy " + instances.getFirst().label() + " is quarantined: "
                                + instances.getFirst().quarantined());
    }

    private static <P> Optional<PolicyInstance<P>> serving(List<PolicyInstance<P>> instances) {
        return instances.stream().filter(PolicyInstance::eligible).findFirst();
    }

    List<PolicyInfo> infos() {
        var infos = new ArrayList<PolicyInfo>();
        byName.forEach((name, instances) -> {
            var serving = serving(instances);
            instances.forEach(instance -> infos.add(
                    instance.info(spi, serving.filter(one -> one == instance).isPresent())));
        });
        return infos;
    }

    /// @return by name, then by version
    static Comparator<PolicyInfo> order() {
        return Comparator.comparing(PolicyInfo::name).thenComparing(info -> versionOf(info.version()));
    }

    private static Version versionOf(String text) {
        return text.isEmpty() ? Version.emptyVersion : Version.parseVersion(text);
    }

    private static long serviceId(ServiceReference<?> reference) {
        return (Long) reference.getProperty(Constants.SERVICE_ID);
    }
}
