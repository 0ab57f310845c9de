package io.ashlar.alloc.engine;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/// A service registration as the framework would show it: properties, and a bundle with a version.
final class Registered<S> implements ServiceReference<S> {
    private static long nextId = 1;

    private final Map<String, Object> properties;
    private final Bundle bundle;

    Registered(String nameProperty, Object name, String version, int ranking) {
        properties = new java.util.HashMap<>();
        properties.put(Constants.SERVICE_ID, nextId++);
        properties.put(Constants.SERVICE_RANKING, ranking);
        if (name != null) {
            properties.put(nameProperty, name);
        }
        bundle = bundle(Version.parseVersion(version));
    }

    private static Bundle bundle(Version version) {
        return (Bundle) java.lang.reflect.Proxy.newProxyInstance(
                Registered.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getVersion" -> version;
                    case "getSymbolicName" -> "test.bundle";
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    public Object getProperty(String key) {
        return properties.get(key);
    }

    @Override
    public String[] getPropertyKeys() {
        return properties.keySet().toArray(String[]::new);
    }

    @Override
    public Bundle getBundle() {
        return bundle;
    }

    @Override
    public Bundle[] getUsingBundles() {
        return null;
    }

    @Override
    public boolean isAssignableTo(Bundle other, String className) {
        return true;
    }

    @Override
    public int compareTo(Object reference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Dictionary<String, Object> getProperties() {
        return new Hashtable<>(properties);
    }

    @Override
    public <A> A adapt(Class<A> type) {
        return null;
    }
}
