package io.ashlar.launcher;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Dictionary;

/// ConfigAdmin as seen from outside of the framework.
///
/// Its interfaces belong to a bundle and cannot be linked against here, since a second copy of the package in the
/// system bundle would compete with it; so the five methods are called by reflection, through the interfaces.
final class ConfigAdminTarget implements Configurations.Target {

    static final String SERVICE = "org.osgi.service.cm.ConfigurationAdmin";

    /// Any bundle may receive the configuration, wherever it was installed from.
    private static final String ANY_LOCATION = "?";

    private final Object admin;
    private final Class<?> adminType;
    private final Class<?> configurationType;

    ConfigAdminTarget(Object admin) {
        this.admin = admin;
        try {
            var loader = admin.getClass().getClassLoader();
            this.adminType = Class.forName(SERVICE, false, loader);
            this.configurationType = Class.forName("org.osgi.service.cm.Configuration", false, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the ConfigAdmin service does not know its own interface", e);
        }
    }

    @Override
    public boolean exists(String pid) throws IOException {
        return call(configurationType, configuration(pid), "getProperties") != null;
    }

    @Override
    public void update(String pid, Dictionary<String, Object> properties) throws IOException {
        invoke(method(configurationType, "updateIfDifferent", Dictionary.class), configuration(pid), properties);
    }

    @Override
    public void delete(String pid) throws IOException {
        call(configurationType, configuration(pid), "delete");
    }

    private Object configuration(String pid) throws IOException {
        int tilde = pid.indexOf('~');
        if (tilde < 0) {
            return invoke(method(adminType, "getConfiguration", String.class, String.class), admin, pid, ANY_LOCATION);
        }
        return invoke(
                method(adminType, "getFactoryConfiguration", String.class, String.class, String.class),
                admin,
                pid.substring(0, tilde),
                pid.substring(tilde + 1),
                ANY_LOCATION);
    }

    private static Object call(Class<?> type, Object target, String name) throws IOException {
        return invoke(method(type, name), target);
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        try {
            return type.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("ConfigAdmin is older than 1.6", e);
        }
    }

    private static Object invoke(Method method, Object target, Object... arguments) throws IOException {
        try {
            return method.invoke(target, arguments);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Throwable other -> throw new IllegalStateException(other);
            }
        }
    }
}
